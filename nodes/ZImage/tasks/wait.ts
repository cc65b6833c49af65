import { count, Failure } from '../errors/failure';
import { checkTask } from './check';
import type { Session } from './session';
import type { FinishedTask, SubmittedTask, Task, TaskLimits } from './task';
import { taskJson } from './taskItem';

/** Time kept free before the deadline for the answer to the last status request. */
const lastCheckMs = 500;

/** When a task started; a task with an unknown submit time starts now. */
function startOf({ submittedAt }: Task, now: number): number {
	const start = Date.parse(submittedAt ?? '');
	return start <= now ? start : now;
}

/**
 * Waits until a task is done: the only poll loop, for all providers.
 * @throws Failure when the task fails, or isn't done at the deadline
 */
export async function awaitTask(
	session: Session,
	submitted: SubmittedTask,
	limits: TaskLimits,
): Promise<FinishedTask> {
	const wait = async () => await pollTask(session, submitted, limits);
	return await session.client.pacing.whileOpen(wait);
}

async function pollTask(
	{ client, schedule }: Session,
	{ task, state: submitted }: SubmittedTask,
	limits: TaskLimits,
): Promise<FinishedTask> {
	const { clock, provider } = client;
	const { timeoutSeconds, deadline, signal } = limits;
	const startedAt = startOf(task, clock.now());
	let goingMs = clock.now() - startedAt;
	let queuedMs = 0;
	let asked: 'queued' | 'working' | undefined;
	let state = submitted;
	while (state.status === 'pending') {
		const latest = deadline - lastCheckMs;
		if (clock.now() >= latest) {
			throw new Failure(
				`${provider.displayName} did not finish the ${task.training ? 'training' : 'image'} within ${count(timeoutSeconds, 'second')}`,
				{
					kind: 'timeout',
					description:
						'The task is still running at the provider, and Get Task Result can fetch it. To wait longer, raise Timeout (Seconds) in the options.',
					task: taskJson(task),
				},
			);
		}
		await schedule.wait(startedAt, asked, latest, signal);
		await limits.lookForStop?.();
		const askedMs = clock.now() - startedAt;
		state = await checkTask(client, task, limits);
		if (state.status === 'pending') {
			goingMs = askedMs;
			asked = state.queued ? 'queued' : 'working';
			if (state.queued) queuedMs = askedMs;
		} else {
			schedule.learn({ goingMs, queuedMs, doneMs: askedMs });
		}
	}
	return state;
}
