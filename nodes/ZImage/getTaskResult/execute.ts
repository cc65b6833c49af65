import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { Failure, handingOut } from '../errors/failure';
import type { Clock } from '../http/clock';
import { systemClock } from '../http/clock';
import { asToolResult } from '../run/asTool';
import { emitImages, onlyTask } from '../run/emitImages';
import { addImageHints, addSummaryHint } from '../run/hints';
import { inputFieldsOf } from '../run/inputFields';
import { limitsOf, readMaxConcurrency } from '../run/outputOptions';
import { readOptions, readProvider } from '../run/parameters';
import { runItems } from '../run/runItems';
import { RunSummary } from '../run/summary';
import { checkTask } from '../tasks/check';
import { openSession } from '../tasks/session';
import { taskJson } from '../tasks/taskItem';
import { awaitTask } from '../tasks/wait';
import { toChoice } from '../values';
import { readParameters } from './parameters';

/** In mode `check`: output 0 is Done, output 1 Pending. */
const pendingOutput = 1;

/**
 * Get Task Result: fetches tasks that were accepted earlier, waiting for them or checking them once.
 * @returns one output in mode `wait`; Done and Pending in mode `check`
 * @throws NodeApiError or NodeOperationError that names the task
 */
export async function getTaskResult(
	context: IExecuteFunctions,
	clock: Clock = systemClock,
): Promise<INodeExecutionData[][]> {
	const summary = new RunSummary(context, clock);
	const inputFields = (itemIndex: number) => inputFieldsOf(context, itemIndex);
	const { outputs } = await runItems<ReturnType<typeof readParameters>>(
		context,
		{ clock, inputFields },
		async () => {
			const provider = readProvider(context);
			if (!provider.tasks) {
				throw new Failure(
					`${provider.displayName} has no tasks: Generate gives its images at once`,
				);
			}
			const session = await openSession(context, provider, clock);
			const { client } = session;
			const mode = toChoice(context.getNodeParameter('mode', 0, 'wait'), 'Mode', ['wait', 'check']);
			return {
				concurrency: readMaxConcurrency(readOptions(context, 0)),
				outputs: mode === 'check' ? 2 : 1,
				charges: provider.charges,
				prepare: (itemIndex) => [readParameters(context, provider, itemIndex)],
				async work({ task, output }, run) {
					const limits = limitsOf(output, clock, run);
					summary.addTask(null);
					try {
						const state = await checkTask(client, task, limits);
						if (state.status === 'pending' && mode === 'check') {
							return [{ json: taskJson(task), output: pendingOutput }];
						}
						const result = await awaitTask(session, { task, state }, limits);
						run.yieldPlace();
						const made = await emitImages(context, client, task, result, onlyTask, output, limits);
						summary.addImages(made.filter((one) => 'json' in one).length);
						return made;
					} catch (error) {
						throw handingOut(error, taskJson(task));
					}
				},
				finish({ outputs: items }) {
					addImageHints(context, items);
					addSummaryHint(context, summary.text(session.pacing.retries));
				},
			};
		},
	);
	return asToolResult(context, outputs);
}
