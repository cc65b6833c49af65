import type { IDataObject } from 'n8n-workflow';

import type { ErrorKind } from '../providers/provider';

interface FailureDetails {
	/** What the error is about, so that code can decide by it. Left out: what the user has given. */
	readonly kind?: ErrorKind;
	/** What to do next, and whatever else helps, shown under the message. */
	readonly description?: string;
	/** Status code of the provider's answer; it also makes n8n show the error as one of the service. */
	readonly httpCode?: number;
	/** The accepted task in the form that Get Task Result takes, so that a paid task is never lost. */
	readonly task?: IDataObject;
	/** Whether the provider charges for a task that failed; left out where its documents don't say. */
	readonly charged?: 'maybe' | 'no' | 'yes';
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

/** The task that an error hands out, if any. */
export function taskOf(error: unknown): IDataObject | undefined {
	return error instanceof Failure ? error.details.task : undefined;
}

/** The same error, but with the paid task that it is about: whatever went wrong, the task is not lost. */
export function handingOut(error: unknown, task: IDataObject): Failure {
	if (!(error instanceof Failure)) {
		return new Failure(error instanceof Error ? error.message : String(error), { task });
	}
	return error.details.task ? error : new Failure(error.message, { ...error.details, task });
}
