import type { AcceptedSubmit } from '../../sandbox/emulator/server';

/** The task's ID in the answer to a submit. */
export function taskIdOf({ answer }: AcceptedSubmit): string | undefined {
	const { request_id, task_id } = (answer ?? {}) as { request_id?: string; task_id?: string };
	return request_id ?? task_id;
}

/** What identifies an accepted task: its ID, or the links that it has come to. */
export function handlesOf(submit: AcceptedSubmit): string[] {
	const taskId = taskIdOf(submit);
	if (taskId !== undefined) return [taskId];
	const { data } = (submit.answer ?? {}) as { data?: Array<{ url?: string }> };
	return (data ?? []).flatMap(({ url }) => url ?? []);
}
