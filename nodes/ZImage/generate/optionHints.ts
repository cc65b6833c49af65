import type { NodeHint } from 'n8n-workflow';

import type { Endpoint, Operation, Provider } from '../providers/provider';
import { operationNames, providers } from '../providers/registry';
import { optionTable } from './optionTable';

type Test = (endpoint: Endpoint, provider: Provider) => boolean;

/**
 * What is chosen in the node, as a string of as many parts as needed: provider, operation, and kind of server or model. Model
 * is outside Options in the first version, and inside since the second.
 */
const chosen = [
	'$parameter.provider+":"',
	'+$parameter.operation',
	'+":"+($parameter.server??$parameter.model??$parameter.options.model)',
];

/** Alternatives of a regular expression. */
function oneOf(alternatives: readonly string[]): string {
	return alternatives.length > 1 ? `(${alternatives.join('|')})` : alternatives.join();
}

/** The endpoints of an operation that pass, as a regular expression. It names models or servers only if not all of them pass. */
function operationPattern(operation: Operation, all: readonly Endpoint[], passing: Set<Endpoint>) {
	const own = all.filter((endpoint) => endpoint.operation === operation);
	const found = own.filter((endpoint) => passing.has(endpoint));
	if (found.length === 0) return [];
	if (found.length === own.length) return [operation];
	// If no model is chosen, it's Turbo.
	const kinds = found.map(({ server, model }) => server ?? (model === 'base' ? model : '(?!base)'));
	return [`${operation}:${oneOf(kinds)}`];
}

/** The endpoints that pass a test, as a regular expression, and the number of parts that it looks at. */
function patternOf(test: Test): { pattern: string; parts: number } {
	const ids = new Map<string, string[]>();
	for (const provider of providers as readonly Provider[]) {
		const { id, endpoints } = provider;
		const passing = new Set(endpoints.filter((endpoint) => test(endpoint, provider)));
		if (passing.size === 0) continue;
		const operations = (Object.keys(operationNames) as Operation[]).flatMap((operation) =>
			operationPattern(operation, endpoints, passing),
		);
		const pattern = passing.size === endpoints.length ? '' : oneOf(operations);
		ids.set(pattern, [...(ids.get(pattern) ?? []), id]);
	}
	const parts = [...ids.keys()].map((own) => (own === '' ? 1 : own.includes(':') ? 3 : 2));
	return {
		pattern: [...ids].map(([own, names]) => `${oneOf(names)}:${own}`).join('|'),
		parts: Math.max(...parts),
	};
}

/** A hint for the editor when an option is set and what is chosen in the node doesn't pass a test. */
function hintUnless(name: string, test: Test, message: string): NodeHint {
	const { pattern, parts } = patternOf(test);
	const subject = chosen.slice(0, parts).join('');
	return {
		message,
		type: 'warning',
		location: 'outputPane',
		displayCondition: `={{ $parameter.options?.${name} !== undefined && !/^(${pattern})/.test(${subject}) }}`,
	};
}

function ignored(displayName: string): string {
	return `The chosen provider doesn't support ${displayName} here. It will be ignored.`;
}

/**
 * The editor's hints as soon as the provider, the operation or the model changes: which options that are set will be
 * ignored, or stop the run.
 */
export const optionHints: NodeHint[] = [
	hintUnless('seed', ({ noSeed }) => !noSeed, ignored('Seed')),
	...optionTable
		.filter(({ isOwnParameter }) => !isOwnParameter)
		.map(({ name, displayName }) =>
			hintUnless(name, ({ options }) => options[name] !== undefined, ignored(displayName)),
		),
	hintUnless('callbackUrl', (_, { callsBack }) => Boolean(callsBack), ignored('Callback URL')),
	hintUnless(
		'maxCostUsd',
		({ price }) => price !== undefined,
		'No price is published for this provider and operation: with Max Cost (USD), nothing will be sent. Remove it, or choose a provider with a published price.',
	),
];
