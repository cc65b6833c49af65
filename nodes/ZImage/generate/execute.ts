import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { chargesOf, mostOf } from '../errors/charged';
import type { Clock } from '../http/clock';
import { systemClock } from '../http/clock';
import { Budget } from '../paid/budget';
import { Ledger } from '../paid/ledger';
import { NameTwins } from '../images/fileName';
import { withUploadedLoras } from '../lora/loraFile';
import { imageSubmission } from '../paid/submission';
import { leaveTask, submitOnce } from '../paid/submitOnce';
import { asToolResult } from '../run/asTool';
import { callbackUrlOf, ignoresCallback } from '../run/callbackUrl';
import { emitImages, storeInlineImages } from '../run/emitImages';
import { addSummaryHint } from '../run/hints';
import { inputFieldsOf } from '../run/inputFields';
import { filesOf } from '../run/itemFiles';
import { limitsOf, readMaxConcurrency, readMaxCost } from '../run/outputOptions';
import { readOptions, readProviders } from '../run/parameters';
import type { Output, Run } from '../run/runItems';
import { runItems } from '../run/runItems';
import { RunSummary } from '../run/summary';
import { scheduleOf } from '../tasks/schedule';
import { Sessions } from '../tasks/session';
import type { FailedProvider, SubmittedTask } from '../tasks/task';
import { taskJson } from '../tasks/taskItem';
import { awaitTask } from '../tasks/wait';
import { FailOver } from './failOver';
import { assertLorasReachable } from './loraFiles';
import { Notes } from './notes';
import type { GenerateParameters } from './parameters';
import { readParameters } from './parameters';
import type { Attempt } from './planItem';
import { attemptsOf, planItem } from './planItem';

/** One task to submit, and what the item asks for. */
interface Unit {
	readonly attempts: readonly [Attempt, ...Attempt[]];
	readonly parameters: GenerateParameters;
}

/**
 * Generate: one or more tasks per item, submitted and, in mode `wait`, awaited and downloaded.
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
		const providers = readProviders(context);
		const [provider] = providers;
		const sessions = new Sessions(context, clock);
		const { client: firstClient } = await sessions.of(provider);
		const runOptions = readOptions(context, 0);
		const budget = Budget.of(context, readMaxCost(runOptions));
		const failOver = new FailOver(clock);
		const notes = new Notes();
		const twins = new NameTwins();

		/** Generates the images of one task on one provider, or only submits its task. */
		const make = async (
			attempt: Attempt,
			parameters: GenerateParameters,
			failedProviders: readonly FailedProvider[],
			run: Run,
		): Promise<Output[]> => {
			const { images, loraFiles, place, mode, output, key, ignored } = attempt;
			const session = await sessions.of(attempt.provider);
			const { client } = session;
			const callbackUrl = callbackUrlOf(client, mode, parameters);
			if (ignoresCallback(client, mode, parameters)) notes.addUnusedCallback();
			notes.addIgnored(attempt.provider, ignored);
			const { signal } = run;
			const named = ledger.has(key)
				? attempt.request
				: await withUploadedLoras(context, client, attempt.request, loraFiles, signal);
			const request = { ...named, ...(callbackUrl !== undefined && { callbackUrl }) };
			const limits = limitsOf(output, clock, run);
			const storeInline = async (made: SubmittedTask) =>
				await storeInlineImages(context, client, made, place, output, limits);
			const kept = ledger.find(key);
			const setting = { client, ledger, budget, storeInline };
			const submission = imageSubmission({ ...attempt, request, failedProviders });
			const submitted = kept ?? (await submitOnce(setting, submission, limits));
			const { task } = submitted;
			if (kept) summary.addResumedTask();
			else summary.addTask(task.estimatedCostUsd);
			notes.addSent(images);
			notes.addFallback(attempt.provider, task.failedProviders ?? []);
			if (mode === 'submit') return [{ json: taskJson(task) }];
			try {
				const result = await awaitTask(
					session,
					submitted,
					limits,
					kept ? session.schedule : scheduleOf(clock, client.provider, client.baseUrl, request),
				);
				// What a kept task was asked for, this attempt's parameters don't say.
				const asked = kept ? 0 : request.numberOfImages;
				notes.of(client.provider).missingImages += Math.max(0, asked - result.images.length);
				run.yieldPlace();
				const made = await emitImages(context, client, task, result, place, output, limits);
				summary.addImages(made.filter((one) => 'json' in one).length);
				return made;
			} catch (error) {
				throw await leaveTask(setting, key, task, run.isStopped(), error);
			}
		};

		return {
			concurrency: readMaxConcurrency(runOptions),
			outputs: 1,
			charges: mostOf(...providers.map(chargesOf)),
			async prepare(itemIndex) {
				const parameters = readParameters(context, itemIndex);
				const files = filesOf(context.getInputData()[itemIndex] ?? { json: {} });
				const plans = await planItem(context, providers, parameters, files, (other, why) => {
					notes.of(other).unable.add(why);
				});
				const [{ images, tasks, mode }] = plans;
				assertLorasReachable(firstClient, tasks[0]?.request.loras ?? []);
				await notes.lookAtMask(images);
				notes.addSizes(tasks);
				callbackUrlOf(firstClient, mode, parameters);
				const units = attemptsOf(ledger, itemIndex, plans, twins);
				for (const attempts of units) {
					if (attempts.some(({ key }) => ledger.has(key))) continue;
					const [{ key, costUsd }] = attempts;
					budget.plan(key, provider, costUsd);
				}
				return units.map((attempts) => ({ attempts, parameters }));
			},
			async work({ attempts, parameters }, run) {
				return await failOver.run(attempts, {
					isKept: ({ key }) => ledger.has(key),
					begin: async ({ provider: other, key, costUsd, mode }) => {
						const { client } = await sessions.of(other);
						callbackUrlOf(client, mode, parameters);
						budget.plan(key, other, costUsd);
					},
					leave: ({ key }) => budget.giveBack(key),
					work: async (attempt, failedProviders) =>
						await make(attempt, parameters, failedProviders, run),
				});
			},
			finish({ outputs: items, failures }) {
				if (failures === 0) ledger.clear();
				notes.tell(context, provider, items);
				addSummaryHint(context, summary.text(sessions.retries));
			},
		};
	});
	return asToolResult(context, outputs);
}
