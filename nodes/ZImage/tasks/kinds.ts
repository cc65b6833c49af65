import { Failure } from '../errors/failure';
import type { Client } from '../http/client';
import type { Provider, Trainer } from '../providers/provider';
import { trainerOf } from './calls';
import { checkTask, hasTask } from './check';
import type { SubmittedTask, Task, TaskLimits } from './task';

/** A task as one of a trainer, with what is known of it. */
function ofTrainer(task: Task, { id, endpoint }: Trainer): Task {
	const { trigger = null, steps = null, imageCount = null } = task.training ?? {};
	return { ...task, model: endpoint, training: { trainer: id, trigger, steps, imageCount } };
}

/** A task as whatever it may be: where its model isn't known, a trainer may have an API of its own. */
function kindsOf(provider: Provider, task: Task): Task[] {
	const { tasks, training } = provider;
	const known = trainerOf(provider, task);
	if (known) return [ofTrainer(task, known)];
	if (task.model !== null || !training) return [task];
	const others = training.trainers.filter((trainer) => training.tasks(trainer) !== tasks);
	return [task, ...others.map((trainer) => ofTrainer(task, trainer))];
}

/**
 * Asks once how a task is doing of which perhaps only the ID is known, and what kind of task it is.
 * @throws Failure as `checkTask` does; for a task that nobody knows, that of the first kind
 */
export async function findTask(
	client: Client,
	task: Task,
	limits: TaskLimits,
): Promise<SubmittedTask> {
	const check = async (kind: Task): Promise<SubmittedTask> => ({
		task: kind,
		state: await checkTask(client, kind, limits),
	});
	const [first = task, ...others] = kindsOf(client.provider, task);
	const unknown = (error: unknown) => error instanceof Failure && error.kind === 'notFound';
	return await check(first).catch(async (error: unknown) => {
		if (!unknown(error)) throw error;
		for (const other of others) {
			if (await hasTask(client, other, limits)) return await check(other);
		}
		throw error;
	});
}

/**
 * Whether the credential's account has a task, of whatever kind and however it is doing.
 * @throws Failure when that can't be found out
 */
export async function isOwnTask(client: Client, task: Task, limits: TaskLimits): Promise<boolean> {
	for (const kind of kindsOf(client.provider, task)) {
		if (await hasTask(client, kind, limits)) return true;
	}
	return false;
}
