import type { Provider, ProviderTasks, Trainer } from '../providers/provider';
import type { Task } from './task';

/** The trainer that a task is of; `undefined` for one that makes images, or may. */
export function trainerOf(
	{ training }: Provider,
	{ model }: Pick<Task, 'model'>,
): Trainer | undefined {
	return training?.trainers.find(({ endpoint }) => endpoint === model);
}

/** The calls about a task, by its model; `undefined` of a provider without tasks. */
export function callsOf(provider: Provider, task: Pick<Task, 'model'>): ProviderTasks | undefined {
	const trainer = trainerOf(provider, task);
	return trainer ? provider.training?.tasks(trainer) : provider.tasks;
}
