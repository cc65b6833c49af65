import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { handingOut } from '../errors/failure';
import type { Clock } from '../http/clock';
import { systemClock } from '../http/clock';
import type { MaskFault } from '../images/maskFault';
import { Budget } from '../paid/budget';
import { Ledger } from '../paid/ledger';
import type { Submission } from '../paid/submission';
import { hasFailed, submitOnce } from '../paid/submitOnce';
import { callbackProviders } from '../providers/registry';
import { asToolResult } from '../run/asTool';
import type { TaskPlace } from '../run/emitImages';
import { emitImages, storeInlineImages } from '../run/emitImages';
import {
	addIgnoredOptionsHint,
	addImageHints,
	addInlineFilesHint,
	addMaskHints,
	addMissingImagesHint,
	addRoundedSizeHint,
	addSummaryHint,
	addUnusedCallbackHint,
} from '../run/hints';
import { inputFieldsOf } from '../run/inputFields';
import { limitsOf, readMaxConcurrency, readMaxCost } from '../run/outputOptions';
import { readOptions, readProvider } from '../run/parameters';
import { runItems } from '../run/runItems';
import { RunSummary } from '../run/summary';
import { openSession } from '../tasks/session';
import type { SubmittedTask } from '../tasks/task';
import { taskJson } from '../tasks/taskItem';
import { awaitTask } from '../tasks/wait';
import { callbackUrlOf, ignoresCallback } from './callbackUrl';
import { endpointFor } from './imageRequest';
import { filesOf } from './itemFiles';
import { readParameters } from './parameters';
import type { Plan, PlannedTask } from './planTasks';
import { planTasks } from './planTasks';
import { roundedSize } from './size';
import { readSourceImages } from './sourceImages';

/** One task to submit. */
interface Unit extends Submission, Pick<Plan, 'mode' | 'output'> {
	readonly place: TaskPlace;
}

/** As many tasks as an earlier attempt may have had, in which expressions gave another Number of Images. */
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
 * Generate: one or more tasks per item, submitted and, in mode `wait`, awaited and fetched.
 * @throws NodeApiError or NodeOperationError that names every accepted task
 */
export async function generate(
	context: IExecuteFunctions,
	clock: Clock = systemClock,
): Promise<INodeExecutionData[][]> {
	const summary = new RunSummary(context, clock);
	const ledger = Ledger.of(context);
	const paid = () => ledger.paid();
	const inputFields = (itemIndex: number) => inputFieldsOf(context, itemIndex);
	const { outputs } = await runItems<Unit>(context, { clock, paid, inputFields }, async () => {
		const provider = readProvider(context);
		const session = await openSession(context, provider, clock);
		const { client } = session;
		const runOptions = readOptions(context, 0);
		const budget = Budget.of(context, readMaxCost(runOptions));
		const ignoredOptions = new Set<string>();
		const maskFaults = new Map<string, MaskFault | undefined>();
		const roundedSizes = new Set<string>();
		let isCallbackUnused = false;
		let sentInline = false;
		let missingImages = 0;
		return {
			concurrency: readMaxConcurrency(runOptions),
			outputs: 1,
			charges: provider.charges,
			async prepare(itemIndex) {
				const parameters = readParameters(context, itemIndex);
				const endpoint = endpointFor(provider, parameters);
				const files = filesOf(context.getInputData()[itemIndex] ?? { json: {} });
				const images = await readSourceImages(context, provider, endpoint, parameters, files);
				const { mask } = images;
				if (mask && !maskFaults.has(mask.reference)) {
					maskFaults.set(mask.reference, await mask.maskFault?.());
				}
				const plan = planTasks(provider, endpoint, parameters, images);
				const { tasks, mode, output, loraPreset, ignored } = plan;
				ignored.forEach((name) => ignoredOptions.add(name));
				const callbackUrl = callbackUrlOf(client, mode, parameters);
				if (ignoresCallback(client, mode, parameters)) isCallbackUnused = true;
				for (const { request } of tasks) {
					const size = roundedSize(request);
					if (size !== undefined) roundedSizes.add(size);
				}
				const placed = withEarlierTasks(tasks, ledger.countOf(itemIndex)).map((task) => {
					// Without the callback URL: it's another one in each execution, and the task is the same.
					const submit = provider.submit(task.request);
					const key = ledger.placeOf(itemIndex, task.place.taskIndex, provider, submit);
					const request = { ...task.request, ...(callbackUrl !== undefined && { callbackUrl }) };
					return { ...task, request, images, loraPreset, mode, output, key };
				});
				const units = placed.filter(({ key }, index) => index < tasks.length || ledger.has(key));
				for (const { key, costUsd } of units) {
					if (!ledger.has(key)) budget.plan(provider, costUsd);
				}
				return units;
			},
			async work(unit, run) {
				const { images, place, mode, output, key } = unit;
				const limits = limitsOf(output, clock, run);
				const storeInline = async (made: SubmittedTask) =>
					await storeInlineImages(context, client, made, place, output, limits);
				const kept = ledger.find(key);
				const setting = { client, ledger, budget, storeInline };
				const submitted = kept ?? (await submitOnce(setting, unit, limits));
				const { task } = submitted;
				const { taskId } = task;
				if (kept) summary.addResumedTask();
				else summary.addTask(task.estimatedCostUsd);
				if (images.image?.isGuess || images.mask?.isGuess) sentInline = true;
				if (mode === 'submit') return [{ json: taskJson(task) }];
				try {
					const result = await awaitTask(session, submitted, limits);
					// What a kept task was asked for, this attempt's parameters don't say.
					const asked = kept ? 0 : unit.request.numberOfImages;
					missingImages += Math.max(0, asked - result.images.length);
					run.yieldPlace();
					const made = await emitImages(context, client, task, result, place, output, limits);
					summary.addImages(made.filter((one) => 'json' in one).length);
					return made;
				} catch (error) {
					const isCanceled = taskId !== null && run.isStopped() && (await client.cancel(taskId));
					if (isCanceled || hasFailed(error)) ledger.forget(key);
					throw handingOut(error, taskJson(task), isCanceled ? 'no' : undefined);
				}
			},
			finish({ outputs: items, failures }) {
				if (failures === 0) ledger.clear();
				addIgnoredOptionsHint(context, [...ignoredOptions], provider.displayName);
				if (isCallbackUnused) {
					addUnusedCallbackHint(
						context,
						callbackProviders.map(({ displayName }) => displayName),
					);
				}
				if (sentInline) addInlineFilesHint(context);
				addMaskHints(context, [...maskFaults.values()], provider.displayName);
				addRoundedSizeHint(context, [...roundedSizes]);
				addMissingImagesHint(context, missingImages, provider.displayName);
				addImageHints(context, items);
				addSummaryHint(context, summary.text(session.pacing.retries));
			},
		};
	});
	return asToolResult(context, outputs);
}
