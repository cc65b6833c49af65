import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { Failure, handingOut } from '../errors';
import type { Clock } from '../http/clock';
import { systemClock } from '../http/clock';
import type { Client } from '../http/client';
import { createClient } from '../http/client';
import { Pacing } from '../http/pacing';
import { checkLimits } from '../providers/checkLimits';
import { estimateCostUsd } from '../providers/prices';
import type { ImageRequest, Provider } from '../providers/provider';
import type { SubmittedTask, TaskLimits } from '../tasks/run';
import { awaitTask, submitTask } from '../tasks/run';
import { PollSchedule } from '../tasks/schedule';
import { taskJson } from '../tasks/task';
import { AcceptedTasks } from './acceptedTasks';
import type { TaskPlace } from './emitImages';
import { emitImages } from './emitImages';
import { addIgnoredOptionsHint, addImageHints, addSummaryHint } from './hints';
import { readRequest } from './imageRequest';
import type { OutputOptions } from './outputOptions';
import { limitsOf, readMaxConcurrency, readOutputOptions } from './outputOptions';
import { readOptions, readProvider, toChoice } from './parameters';
import { readProviderOptions } from './providerOptions';
import { hasFailures, runItems } from './runner';
import { RunSummary } from './summary';

/** One task to submit. */
interface Unit {
	readonly request: ImageRequest;
	readonly place: TaskPlace;
	readonly mode: 'submit' | 'wait';
	readonly output: OutputOptions;
	/** Of the task, among those that were accepted in this execution. */
	readonly key: string;
}

function readMode(context: IExecuteFunctions, provider: Provider, itemIndex: number) {
	const mode = toChoice(context.getNodeParameter('mode', itemIndex, 'wait'), 'Mode', [
		'wait',
		'submit',
	]);
	if (mode === 'submit' && !provider.tasks) {
		throw new Failure(`${provider.displayName} has no tasks to hand out: Mode cannot be Submit`, {
			description: 'Its answer is the image itself. Nothing was sent. Set Mode to Wait.',
		});
	}
	return mode;
}

/** As many tasks as it takes for the images asked for; a given seed counts up from task to task. */
function splitIntoTasks(
	{ limits }: Provider,
	request: ImageRequest,
): Array<Pick<Unit, 'place' | 'request'>> {
	const { numberOfImages, seed } = request;
	if (numberOfImages <= limits.imagesPerTask) {
		return [{ request, place: { taskIndex: 0, taskCount: 1 } }];
	}
	return Array.from({ length: numberOfImages }, (_, taskIndex) => ({
		request: {
			...request,
			numberOfImages: 1,
			...(seed !== undefined && { seed: seed + taskIndex }),
		},
		place: { taskIndex, taskCount: numberOfImages },
	}));
}

/** What a person can fetch a paid task by: its ID or, where it has none, the URLs of its images. */
function handlesOf({ task, state }: SubmittedTask): string[] {
	if (task.taskId !== null) return [task.taskId];
	if (state.status === 'pending') return [];
	return state.images.map(({ url }) => url).filter((url) => !url.startsWith('data:'));
}

/** Submits a request, unless an earlier attempt of this execution has sent it and may have been heard. */
async function submitOnce(
	client: Client,
	request: ImageRequest,
	limits: TaskLimits,
	accepted: AcceptedTasks,
	key: string,
): Promise<SubmittedTask> {
	const ambiguous = accepted.findAmbiguous(key);
	if (ambiguous !== undefined) {
		const { displayName } = client.provider;
		throw new Failure(`${ambiguous} in an earlier attempt, and it is not sent again`, {
			description: `${displayName} may have accepted the task, and may charge for it. Look at the requests in your account there. To generate it all the same, run the workflow anew instead of retrying it.`,
			isAmbiguous: true,
		});
	}
	return await submitTask(client, request, limits).catch((error: unknown) => {
		if (error instanceof Failure && error.details.isAmbiguous) {
			accepted.keepAmbiguous(key, error.message);
		}
		throw error;
	});
}

/**
 * Whether nothing is left to fetch: the task has failed, or it is one of an earlier attempt and the
 * provider does not know it any more.
 */
function isLost(error: unknown, isKept: boolean): boolean {
	if (!(error instanceof Failure)) return false;
	const { task, httpCode } = error.details;
	return task?.status === 'failed' || (isKept && httpCode === 404);
}

/**
 * Generate: one or more tasks per item, submitted and, in mode `wait`, awaited and fetched.
 * @throws NodeApiError or NodeOperationError that names every accepted task
 */
export async function generate(
	context: IExecuteFunctions,
	clock: Clock = systemClock,
): Promise<INodeExecutionData[][]> {
	const ignoredOptions = new Set<string>();
	const summary = new RunSummary(context, clock);
	const schedule = new PollSchedule(clock);
	const pacing = new Pacing(clock);
	const accepted = AcceptedTasks.of(context);
	const results = await runItems<Unit>(context, async () => {
		const provider = readProvider(context);
		const client = await createClient(context, provider, clock, pacing);
		return {
			concurrency: readMaxConcurrency(readOptions(context, 0)),
			outputs: 1,
			prepare(itemIndex) {
				const options = readOptions(context, itemIndex);
				const { honoured, ignored } = readProviderOptions(provider, options);
				ignored.forEach((name) => ignoredOptions.add(name));
				const request = readRequest(context, provider, itemIndex, honoured, options.seed);
				const mode = readMode(context, provider, itemIndex);
				const output = readOutputOptions(options);
				const tasks = splitIntoTasks(provider, request);
				tasks.forEach((task) => checkLimits(provider, task.request));
				return tasks.map((task) => {
					const submit = [client.baseUrl, provider.submit(task.request)];
					const key = accepted.keyOf(itemIndex, task.place.taskIndex, submit);
					return { ...task, mode, output, key };
				});
			},
			async work({ request, place, mode, output, key }, run) {
				const limits = limitsOf(output, clock, run.signal);
				const kept = accepted.find(key);
				const submitted = kept ?? (await submitOnce(client, request, limits, accepted, key));
				const { task } = submitted;
				const { taskId } = task;
				if (kept) summary.addResumedTask();
				else summary.addTask(estimateCostUsd(provider.id, request));
				accepted.keep(key, submitted);
				handlesOf(submitted).forEach(run.accept);
				if (taskId !== null) {
					// What is left of a run that crashes: n8n stores an execution only when it ends.
					context.logger.info(`Z-Image: ${provider.displayName} has accepted the task ${taskId}`);
				}
				if (mode === 'submit') return [{ json: taskJson(task) }];
				try {
					const result = await awaitTask(client, submitted, limits, schedule);
					run.yieldPlace();
					const outputs = await emitImages(context, client, task, result, place, output, limits);
					summary.addImages(outputs.filter((made) => 'json' in made).length);
					return outputs;
				} catch (error) {
					if (taskId !== null && run.isCancelled()) {
						await client.cancel(taskId);
						accepted.forget(key);
					}
					if (isLost(error, kept !== undefined)) accepted.forget(key);
					throw handingOut(error, taskJson(task));
				}
			},
		};
	});
	if (!hasFailures(results)) accepted.clear();
	addIgnoredOptionsHint(context, [...ignoredOptions]);
	addImageHints(context, results);
	addSummaryHint(context, summary.text(pacing.retries));
	return results;
}
