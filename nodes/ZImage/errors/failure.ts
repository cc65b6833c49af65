import type { IDataObject } from 'n8n-workflow';

import type { Charged, ErrorKind } from '../providers/provider';

interface FailureDetails {
	/** The kind of error, so that code can branch on it. Default: wrong input. */
	readonly kind?: ErrorKind;
	/** What to do next and other helpful details, shown below the message. */
	readonly description?: string;
	/** Status code of the provider's answer; it also makes n8n show the error as a service error. */
	readonly httpCode?: number;
	/** The accepted task in the form that Get Task Result accepts, so that a paid task is never lost. */
	readonly task?: IDataObject;
	/** Whether the provider charges for the task, if it or its documentation says so; otherwise `chargedOf` decides. */
	readonly charged?: Charged;
	/** A submit may have been accepted, but its task isn't known. */
	readonly isAmbiguous?: boolean;
	/** The item that it is about, from 0. Default: the one that was worked on. */
	readonly itemIndex?: number;
}

/** A failure worded for the workflow's user, before its node and item are known. */
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

/** The kinds of n8n's own errors by class name, because n8n may load the classes several times. */
const kindsOfHost: ReadonlyArray<readonly [RegExp, ErrorKind]> = [
	[/Cancel|Abort/, 'canceled'],
	[/Expression/, 'input'],
	// n8n's own errors that reach a node are about its credential.
	[/^Node(Api|Operation)Error$|Credential|^UserError$/, 'key'],
];

/** The kind of any error. */
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

/** The longest external text in an error. */
const maxTextLength = 500;

/** The beginning of an external text, for an error. */
export function shorten(text: string): string {
	return text.length > maxTextLength ? `${text.slice(0, maxTextLength)}…` : text;
}

/** The longest text of a value in an error. */
const maxShownLength = 200;

/** Any value as a short text for an error. */
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
 * The same error with the paid task that it's about, so that the task is never lost.
 * @param charged if it's known
 */
export function handingOut(error: unknown, task: IDataObject, charged?: Charged): Failure {
	if (error instanceof Failure && error.details.task && !charged) return error;
	const message = error instanceof Error ? error.message : String(error);
	const details = error instanceof Failure ? error.details : { kind: kindOf(error) };
	return new Failure(message, { task, ...details, ...(charged && { charged }) });
}
