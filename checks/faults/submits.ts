import type { AcceptedSubmit } from '../../sandbox/emulator/server';

/** What the answers to submits hold, of whichever provider. */
interface SubmitAnswer {
	readonly request_id?: string;
	readonly task_id?: string;
	readonly id?: string;
	readonly data?: { readonly id?: string } | ReadonlyArray<{ readonly url?: string }>;
}

const answerOf = ({ answer }: AcceptedSubmit): SubmitAnswer => answer ?? {};

/** The task's ID in the answer to a submit. */
export function taskIdOf(submit: AcceptedSubmit): string | undefined {
	const { request_id, task_id, id, data } = answerOf(submit);
	return request_id ?? task_id ?? id ?? (data && 'id' in data ? data.id : undefined);
}

/** What identifies an accepted task: its ID, or the links that it has come to. */
export function handlesOf(submit: AcceptedSubmit): string[] {
	const taskId = taskIdOf(submit);
	if (taskId !== undefined) return [taskId];
	const { data } = answerOf(submit);
	return Array.isArray(data) ? data.flatMap(({ url }: { url?: string }) => url ?? []) : [];
}
