import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { handingOut } from '../errors/failure';
import type { Clock } from '../http/clock';
import { systemClock } from '../http/clock';
import { AcceptedTasks } from '../paid/acceptedTasks';
import { Budget } from '../paid/budget';
import type { Submission } from '../paid/submission';
import { handlesOf, isLost, submitOnce } from '../paid/submitOnce';
import { asToolResult } from '../run/asTool';
import type { TaskPlace } from '../run/emitImages';
import { emitImages } from '../run/emitImages';
import {
	addIgnoredOptionsHint,
	addImageHints,
	addInlineFilesHint,
	addSummaryHint,
} from '../run/hints';
import { limitsOf, readMaxConcurrency, readMaxCost } from '../run/outputOptions';
import { readOptions, readProvider } from '../run/parameters';
import { runItems } from '../run/runItems';
import { RunSummary } from '../run/summary';
import { openSession } from '../tasks/session';
import { taskJson } from '../tasks/taskItem';
import { awaitTask } from '../tasks/wait';
import { endpointFor } from './imageRequest';
import { readParameters } from './parameters';
import type { Plan } from './planTasks';
import { planTasks } from './planTasks';
import { readSourceImages } from './sourceImages';

/** One task to submit. */
interface Unit extends Submission, Pick<Plan, 'mode' | 'output'> {
	readonly place: TaskPlace;
}

/**
 * Generate: one or more tasks per item, submitted and, in mode `wait`, awaited and fetched.
 * @throws NodeApiError or NodeOperationError that names every accepted task
 */
export async function generate(
	context: IExecuteFunctions,
	clock: Clock = systemClock,
): Promise<INodeExecutionData[][]> {
	const summary = new RunSummary(context, clock);
	const { outputs } = await runItems<Unit>(context, async () => {
		const provider = readProvider(context);
		const session = await openSession(context, provider, clock);
		const { client } = session;
		const runOptions = readOptions(context, 0);
		const accepted = AcceptedTasks.of(context);
		const budget = Budget.of(context, readMaxCost(runOptions));
		const ignoredOptions = new Set<string>();
		let sentInline = false;
		return {
			concurrency: readMaxConcurrency(runOptions),
			outputs: 1,
			async prepare(itemIndex) {
				const parameters = readParameters(context, itemIndex);
				const endpoint = endpointFor(provider, parameters);
				const { binary } = context.getInputData()[itemIndex] ?? {};
				const images = await readSourceImages(context, provider, endpoint, parameters, binary);
				const plan = planTasks(provider, endpoint, parameters, images);
				const { tasks, mode, output, loraPreset, ignored } = plan;
				ignored.forEach((name) => ignoredOptions.add(name));
				return tasks.map((task) => {
					const submit = [client.baseUrl, provider.submit(task.request)];
					const key = accepted.keyOf(itemIndex, task.place.taskIndex, submit);
					if (!accepted.find(key)) budget.plan(provider, task.costUsd);
					return { ...task, images, loraPreset, mode, output, key };
				});
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
					const result = await awaitTask(session, submitted, limits);
					run.yieldPlace();
					const made = await emitImages(context, client, task, result, place, output, limits);
					summary.addImages(made.filter((one) => 'json' in one).length);
					return made;
				} catch (error) {
					if (taskId !== null && run.isCancelled()) {
						await client.cancel(taskId);
						accepted.forget(key);
					}
					if (isLost(error, kept !== undefined)) accepted.forget(key);
					throw handingOut(error, taskJson(task));
				}
			},
			finish({ outputs: items, failures }) {
				if (failures === 0) accepted.clear();
				addIgnoredOptionsHint(context, [...ignoredOptions], provider.displayName);
				if (sentInline) addInlineFilesHint(context);
				addImageHints(context, items);
				addSummaryHint(context, summary.text(session.pacing.retries));
			},
		};
	});
	return asToolResult(context, outputs);
}
