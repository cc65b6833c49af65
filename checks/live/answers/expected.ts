import type { Shape } from '../shape';

/** What is asked of a provider, in the order of the table. */
export const callKinds = ['credential test', 'submit', 'status', 'result', 'download'] as const;
export type CallKind = (typeof callKinds)[number];

/** What the documents have of one kind of answer. */
export interface ExpectedAnswer {
	readonly codes: readonly number[];
	readonly shape: Shape;
	/** Where the state of a task stands, and all states that the documents have. */
	readonly states?: { readonly path: string; readonly values: readonly string[] };
	/** What the answer holds once the task is in a certain state. */
	readonly final?: { readonly state: string; readonly shape: Shape };
}

export type ExpectedAnswers = Readonly<Partial<Record<CallKind, ExpectedAnswer>>>;
