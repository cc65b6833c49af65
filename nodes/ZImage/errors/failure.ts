import type { IDataObject } from 'n8n-workflow';

import type { Charged, ErrorKind } from '../providers/provider';

interface FailureDetails {
	/** What the error is about, so that code can decide by it. Default: what the user has given. */
	readonly kind?: ErrorKind;
	/** What to do next, and whatever else helps, shown under the message. */
	readonly description?: string;
	/** Status code of the provider's answer; it also makes n8n show the error as one of the service. */
	readonly httpCode?: number;
	/** The accepted task in the form that Get Task Result takes, so that a paid task is never lost. */
	readonly task?: IDataObject;
	/** Whether the provider charges for the task, where it or its documents say so; else `chargedOf` tells. */
	readonly charged?: Charged;
	/** A submit may have been accepted, and nobody knows its task. */
	readonly isAmbiguous?: boolean;
}

/** A failure in the words of the person at the workflow, before it is known which node and item it hits. */
export class Failure extends Error {
	constructor(
		message: string,
		readonly details: FailureDetails = {},
	) {
		super(message);
	}

	get kind(): ErrorKind {
		return this.details.kind ?? 'input';
	}
}

/** What errors of n8n itself are about, by the names of their classes, as n8n may load those several times. */
const kindsOfHost: ReadonlyArray<readonly [RegExp, ErrorKind]> = [
	[/Cancel|Abort/, 'canceled'],
	[/Expression/, 'input'],
	// n8n's own errors that reach a node are about its credential.
	[/^Node(Api|Operation)Error$|Credential|^UserError$/, 'key'],
];

/** What any error is about. */
export function kindOf(error: unknown): ErrorKind {
	if (error instanceof Failure) return error.kind;
	const { name, constructor } = Object(error) as {
		name?: unknown;
		constructor?: { name?: unknown };
	};
	const names = [name, constructor?.name].map(String);
	const found = kindsOfHost.find(([pattern]) => names.some((one) => pattern.test(one)));
	return found?.[1] ?? 'other';
}

/** Longest text of somebody else that goes into an error. */
const maxTextLength = 500;

/** The beginning of a text of somebody else, as an error has it. */
export function shorten(text: string): string {
	return text.length > maxTextLength ? `${text.slice(0, maxTextLength)}…` : text;
}

/** The longest text that an error shows of a value. */
const maxShownLength = 200;

/** A value as an error shows it: short, and whatever it is. */
export function show(value: unknown): string {
	try {
		const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? 'empty');
		return text.length > maxShownLength ? `${text.slice(0, maxShownLength)}…` : text;
	} catch {
		return `a ${typeof value}`;
	}
}

/** A number and its noun for a message: `1 second`, `2 seconds`. */
export function count(number: number, noun: string): string {
	return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** The task that an error returns, if any. */
export function taskOf(error: unknown): IDataObject | undefined {
	return error instanceof Failure ? error.details.task : undefined;
}

/**
 * The same error, but with the paid task that it is about: whatever went wrong, the task is not lost.
 * @param charged where it's known after all
 */
export function handingOut(error: unknown, task: IDataObject, charged?: Charged): Failure {
	if (error instanceof Failure && error.details.task && !charged) return error;
	const message = error instanceof Error ? error.message : String(error);
	const details = error instanceof Failure ? error.details : { kind: kindOf(error) };
	return new Failure(message, { task, ...details, ...(charged && { charged }) });
}
