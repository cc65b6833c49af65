import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { Failure, handingOut } from '../errors/failure';
import type { Clock } from '../http/clock';
import { systemClock } from '../http/clock';
import type { Client } from '../http/client';
import { createClient } from '../http/client';
import { Pacing } from '../http/pacing';
import type { SubmittedTask, TaskLimits } from '../tasks/check';
import { awaitTask, submitTask } from '../tasks/check';
import { PollSchedule } from '../tasks/schedule';
import { taskJson } from '../tasks/task';
import { AcceptedTasks } from '../paid/acceptedTasks';
import { asToolResult } from '../run/asTool';
import { Budget } from '../paid/budget';
import { emitImages } from '../run/emitImages';
import {
	addIgnoredOptionsHint,
	addImageHints,
	addInlineFilesHint,
	addSummaryHint,
} from '../run/hints';
import { limitsOf, readMaxConcurrency, readMaxCost } from '../run/outputOptions';
import { readOptions, readProvider } from '../run/parameters';
import type { Unit } from './planTasks';
import { planTasks } from './planTasks';
import { hasFailures, runItems } from '../run/runItems';
import { withSourceImages } from './sourceImages';
import { RunSummary } from '../run/summary';

/** What a person can fetch a paid task by: its ID or, where it has none, the URLs of its images. */
function handlesOf({ task, state }: SubmittedTask): string[] {
	if (task.taskId !== null) return [task.taskId];
	if (state.status === 'pending') return [];
	return state.images.map(({ url }) => url).filter((url) => !url.startsWith('data:'));
}

/** Submits a request, unless an earlier attempt of this execution has sent it and may have been heard. */
async function submitOnce(
	client: Client,
	{ request, images, loraPreset, costUsd, key }: Unit,
	limits: TaskLimits,
	accepted: AcceptedTasks,
	budget: Budget,
): Promise<SubmittedTask> {
	const ambiguous = accepted.findAmbiguous(key);
	if (ambiguous !== undefined) {
		const { displayName } = client.provider;
		throw new Failure(`${ambiguous} in an earlier attempt, and it is not sent again`, {
			description: `${displayName} may have accepted the task, and may charge for it. Look at the requests in your account there. To generate it all the same, run the workflow anew instead of retrying it.`,
			isAmbiguous: true,
		});
	}
	const sent = await withSourceImages(client, request, images, limits);
	const { task, state } = await submitTask(client, sent, limits).catch((error: unknown) => {
		if (error instanceof Failure && error.details.isAmbiguous) {
			accepted.keepAmbiguous(key, error.message);
			// It may be paid for.
			budget.spend(costUsd);
		}
		throw error;
	});
	budget.spend(costUsd);
	return {
		task: {
			...task,
			// What the provider itself says that it costs goes first.
			estimatedCostUsd: task.estimatedCostUsd ?? costUsd,
			...(loraPreset !== undefined && { loraPreset }),
		},
		state,
	};
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
	let sentInline = false;
	const results = await runItems<Unit>(context, async () => {
		const provider = readProvider(context);
		const client = await createClient(context, provider, clock, pacing);
		const budget = Budget.of(context, readMaxCost(readOptions(context, 0)));
		return {
			concurrency: readMaxConcurrency(readOptions(context, 0)),
			outputs: 1,
			async prepare(itemIndex) {
				const { units, ignored } = await planTasks(context, client, accepted, budget, itemIndex);
				ignored.forEach((name) => ignoredOptions.add(name));
				return units;
			},
			async work(unit, run) {
				const { images, place, mode, output, key } = unit;
				const limits = limitsOf(output, clock, run.signal);
				const kept = accepted.find(key);
				const submitted = kept ?? (await submitOnce(client, unit, limits, accepted, budget));
				const { task } = submitted;
				const { taskId } = task;
				if (kept) summary.addResumedTask();
				else summary.addTask(task.estimatedCostUsd);
				if (images.image?.isGuess || images.mask?.isGuess) sentInline = true;
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
	addIgnoredOptionsHint(context, [...ignoredOptions], readProvider(context).displayName);
	if (sentInline) addInlineFilesHint(context);
	addImageHints(context, results);
	addSummaryHint(context, summary.text(pacing.retries));
	return asToolResult(context, results);
}
