import { count, Failure } from '../errors/failure';
import type { Clock } from '../http/clock';
import { sleepUnless } from '../http/clock';
import type { PendingTask } from '../providers/provider';
import { checkTask, fetchEnded } from './check';
import type { PollSchedule } from './schedule';
import { firstLookMs, safetyDelayMs } from './schedule';
import type { Session } from './session';
import type { StatusStream } from './statusStream';
import type { FinishedTask, SubmittedTask, Task, TaskLimits } from './task';
import { taskJson } from './taskItem';

/** Time kept free before the deadline for the answer to the last status request. */
const lastCheckMs = 500;

/** When a task started; a task with an unknown submit time starts now. */
function startOf({ submittedAt }: Task, now: number): number {
	const start = Date.parse(submittedAt ?? '');
	return start <= now ? start : now;
}

/** How often it's checked whether the execution was stopped while nothing else is. */
const lookForStopMs = 5000;

/**
 * Waits until a task is done: the only poll loop, for all providers.
 * @param schedule of tasks like this one. Default: that of the run
 * @throws Failure when the task fails, or isn't done at the deadline
 */
export async function awaitTask(
	session: Session,
	submitted: SubmittedTask,
	limits: TaskLimits,
	schedule: PollSchedule = session.schedule,
): Promise<FinishedTask> {
	const wait = async () => await pollTask({ ...session, schedule }, submitted, limits);
	return await session.client.pacing.whileOpen(wait);
}

/**
 * Waits beside a stream as long as it says that the task goes on.
 * @param dueAt when the task should be checked anyway
 * @returns whether that time has come; if not, the stream says something else
 */
async function listenUntil(
	dueAt: number,
	clock: Clock,
	stream: StatusStream,
	{ signal, lookForStop }: TaskLimits,
): Promise<boolean> {
	while (stream.isSpeaking && clock.now() < dueAt) {
		const delayMs = Math.min(dueAt - clock.now(), lookForStopMs);
		if (!(await sleepUnless([stream.news], clock, delayMs, signal))) await lookForStop?.();
	}
	return clock.now() >= dueAt;
}

async function pollTask(
	{ client, schedule, streams }: Session,
	{ task, state: submitted }: SubmittedTask,
	limits: TaskLimits,
): Promise<FinishedTask> {
	const { clock, provider } = client;
	const { timeoutSeconds, deadline, signal } = limits;
	const latest = deadline - lastCheckMs;
	const startedAt = startOf(task, clock.now());
	const elapsedMs = () => clock.now() - startedAt;
	let goingMs = elapsedMs();
	let queuedMs = 0;
	let asked: 'queued' | 'working' | undefined;
	const see = ({ queued }: PendingTask, atMs: number) => {
		goingMs = atMs;
		asked = queued ? 'queued' : 'working';
		if (queued) queuedMs = atMs;
	};
	let stream: StatusStream | undefined;

	const untilDue = async () => {
		// With streams, a task is asked for soon, because there is a stream for one that goes on then.
		const isFirstLook = asked === undefined && streams.has(task);
		const firstAt = isFirstLook ? clock.now() + firstLookMs : Infinity;
		let isDue = false;
		while (!isDue && !stream?.hasEnd) {
			isDue = stream?.isSpeaking
				? await listenUntil(
						Math.min(latest, clock.now() + safetyDelayMs(elapsedMs())),
						clock,
						stream,
						limits,
					)
				: await schedule.wait(startedAt, asked, Math.min(latest, firstAt), signal, stream?.news);
		}
	};

	let state = submitted;
	try {
		while (state.status === 'pending') {
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
			await untilDue();
			await limits.lookForStop?.();
			const askedMs = elapsedMs();
			// A stream tells the very moment of the end.
			if (stream?.hasResult) goingMs = askedMs;
			const result = stream?.hasResult ? await fetchEnded(client, task, limits) : undefined;
			state = result ?? (await checkTask(client, task, limits));
			stream?.compare(state.status !== 'pending');
			if (state.status === 'pending') {
				see(state, askedMs);
				stream ??= streams.open(task, limits, (told) => see(told, elapsedMs()));
			} else {
				schedule.learn({ goingMs, queuedMs, doneMs: askedMs });
			}
		}
	} finally {
		stream?.close();
	}
	return state;
}
