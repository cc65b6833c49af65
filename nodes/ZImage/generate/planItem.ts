import type { IBinaryKeyData } from 'n8n-workflow';

import type { FileHost } from '../host';
import type { NameTwins } from '../images/fileName';
import type { LoraFiles } from '../lora/loraFile';
import type { SourceImages } from '../images/sourceImage';
import type { Ledger } from '../paid/ledger';
import type { ImageSubmission } from '../paid/submission';
import type { Provider } from '../providers/provider';
import type { TaskPlace } from '../run/emitImages';
import { readLoraFiles } from './loraFiles';
import { endpointFor } from './imageRequest';
import type { GenerateParameters } from './parameters';
import type { Plan, PlannedTask } from './planTasks';
import { planTasks } from './planTasks';
import { readSourceImages } from './sourceImages';

/** One task for one of the node's providers. */
export interface Attempt extends ImageSubmission, Pick<Plan, 'ignored' | 'mode' | 'output'> {
	readonly provider: Provider;
	readonly place: TaskPlace;
	readonly loraFiles: LoraFiles;
}

/** What an item asks of one provider. */
export interface ProviderPlan extends Plan {
	readonly provider: Provider;
	readonly images: SourceImages;
	readonly loraFiles: LoraFiles;
}

/** Called for a provider that can't be used as a fallback, with the reason. */
type Unable = (provider: Provider, why: string) => void;

/** Calls a function for the first one, which may fail, and for each of the others that supports it. */
async function ofEach<G, T>(
	[first, ...fallbacks]: readonly [G, ...G[]],
	unable: (given: G, why: string) => void,
	work: (given: G) => Promise<T> | T,
): Promise<[T, ...T[]]> {
	const results: [T, ...T[]] = [await work(first)];
	for (const fallback of fallbacks) {
		try {
			results.push(await work(fallback));
		} catch (error) {
			unable(fallback, error instanceof Error ? error.message : String(error));
		}
	}
	return results;
}

/**
 * Plans one item for each of the providers, within the limits of each. Its tasks are the same for all of them,
 * so that each task can go to any.
 * @param providers the chosen one, followed by the fallbacks
 * @param files of the item
 * @returns the plan of the chosen provider, followed by those of the fallbacks that support the item
 * @throws Failure when the chosen provider doesn't support it
 */
export async function planItem(
	host: FileHost,
	providers: readonly [Provider, ...Provider[]],
	parameters: GenerateParameters,
	files: IBinaryKeyData,
	unable: Unable,
): Promise<[ProviderPlan, ...ProviderPlan[]]> {
	const able = await ofEach(providers, unable, (provider) => ({
		provider,
		endpoint: endpointFor(provider, parameters),
	}));
	const imagesPerTask = Math.min(...able.map(({ endpoint }) => endpoint.limits.imagesPerTask));
	return await ofEach(
		able,
		({ provider }, why) => unable(provider, why),
		async ({ provider, endpoint }) => {
			const images = await readSourceImages(host, provider, endpoint, parameters, files);
			const plan = planTasks(provider, endpoint, parameters, images, imagesPerTask);
			const named = plan.tasks[0]?.request.loras ?? [];
			const { loras, loraFiles } = await readLoraFiles(host, provider, named, files);
			const tasks = plan.tasks.map((task) => ({ ...task, request: { ...task.request, loras } }));
			return { ...plan, tasks, provider, images, loraFiles };
		},
	);
}

/**
 * The number of tasks, including those of an earlier attempt in which expressions returned another Number of
 * Images.
 */
function withEarlierTasks(tasks: readonly PlannedTask[], count: number): PlannedTask[] {
	const taskCount = Math.max(tasks.length, count);
	const earlier = tasks
		.slice(-1)
		.flatMap((last) => Array.from({ length: taskCount - tasks.length }, () => last));
	return [...tasks, ...earlier].map((task, taskIndex) => ({
		...task,
		place: { taskIndex, taskCount: Math.max(task.place.taskCount, taskCount) },
	}));
}

/**
 * The attempts at each task of an item, with the chosen provider first. Includes tasks that only an earlier
 * attempt of the execution had, if they may be charged.
 * @param names counts the tasks of the run whose files would have the same name
 */
export function attemptsOf(
	ledger: Ledger,
	itemIndex: number,
	plans: readonly [ProviderPlan, ...ProviderPlan[]],
	names: NameTwins,
): Array<[Attempt, ...Attempt[]]> {
	const count = ledger.countOf(itemIndex);
	const attemptsAt = ({ tasks, provider, ...plan }: ProviderPlan) =>
		withEarlierTasks(tasks, count).map((task): Attempt => {
			// Without the callback URL: it differs in each execution, but the task is the same.
			const submit = provider.submit(task.request);
			const { taskIndex } = task.place;
			const key = ledger.placeOf(itemIndex, taskIndex, provider, submit);
			const place = { ...task.place, twin: twins[taskIndex] ?? 0 };
			return { ...plan, ...task, place, provider, key };
		});
	const [first, ...fallbacks] = plans;
	const twins = withEarlierTasks(first.tasks, count).map(({ request: { prompt, seed } }) =>
		names.next(prompt, seed),
	);
	const others = fallbacks.map(attemptsAt);
	return attemptsAt(first)
		.map((attempt, taskIndex): [Attempt, ...Attempt[]] => [
			attempt,
			...others.flatMap((list) => list[taskIndex] ?? []),
		])
		.filter(
			(attempts, index) =>
				index < first.tasks.length || attempts.some(({ key }) => ledger.has(key)),
		);
}
