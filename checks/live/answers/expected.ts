import type { Shape } from '../shape';

/** The calls that the check makes to a provider, in the order of the table. */
export const callKinds = ['credential test', 'submit', 'status', 'result', 'download'] as const;
export type CallKind = (typeof callKinds)[number];

/** The documented form of one kind of response. */
export interface ExpectedAnswer {
	readonly codes: readonly number[];
	readonly shape: Shape;
	/** The field with the task's state, and all documented states. */
	readonly states?: { readonly path: string; readonly values: readonly string[] };
	/** What the response contains once the task is in a certain state. */
	readonly final?: { readonly state: string; readonly shape: Shape };
}

export type ExpectedAnswers = Readonly<Partial<Record<CallKind, ExpectedAnswer>>>;
