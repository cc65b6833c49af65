import { ZodError } from 'zod';

import { Failure } from '../../nodes/ZImage/errors/failure';
import { readLoras } from '../../nodes/ZImage/lora/loras';
import type { HttpAnswer, Provider } from '../../nodes/ZImage/providers/provider';
import { anyLoraLimits, providers } from '../../nodes/ZImage/providers/registry';
import { answer } from '../support/fakeClient';
import { documentedBodies } from './bodies';

/** A response of 1 MiB, the most that is read, can nest 500,000 lists. */
const depth = 500_000;
const deep = JSON.parse('['.repeat(depth) + ']'.repeat(depth)) as unknown;

/** A body with a deeply nested value in place of each of its fields in turn, and as an additional field. */
function* deepened(body: unknown): Generator {
	yield deep;
	if (typeof body !== 'object' || body === null || Array.isArray(body)) return;
	for (const key of Object.keys(body)) yield { ...body, [key]: deep };
	yield { ...body, more: deep };
}

/** The result, in one word. */
function outcomeOf(run: () => unknown): string {
	try {
		run();
		return 'a value';
	} catch (error) {
		if (error instanceof ZodError) return 'a ZodError';
		return error instanceof Failure ? 'a Failure' : String(error);
	}
}

describe.each<Provider>([...providers])('$id reads deeply nested values', (provider) => {
	const { parseSubmit, tasks, errorText } = provider;

	it.each<[string, (given: HttpAnswer) => unknown]>([
		['parseSubmit', parseSubmit],
		['parseStatus', (given) => tasks?.parseStatus(given, 'task')],
		['parseResult', (given) => tasks?.parseResult?.(given)],
	])('%s', (_, parse) => {
		for (const document of documentedBodies(provider.id)) {
			for (const body of deepened(document)) {
				expect(outcomeOf(() => parse(answer(200, body)))).toMatch(/^a (value|ZodError)$/);
			}
		}
	});

	it('errorText', () => {
		for (const document of documentedBodies(provider.id)) {
			for (const body of deepened(document)) {
				expect(outcomeOf(() => errorText(body))).toBe('a value');
			}
		}
	});
});

it.each<[string, unknown, string]>([
	['a list', [deep], 'a Failure'],
	['an object', { loras: deep }, 'a Failure'],
	['a scale', [{ path: 'owner/name', scale: deep }], 'a Failure'],
	['something else of a LoRA', [{ path: 'owner/name', more: deep }], 'a value'],
])('readLoras reads deeply nested values: %s', (_, value, outcome) => {
	expect(outcomeOf(() => readLoras(value, 'loras', anyLoraLimits))).toBe(outcome);
});
