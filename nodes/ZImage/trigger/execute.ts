import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { Failure, handingOut } from '../errors/failure';
import type { Clock } from '../http/clock';
import { systemClock } from '../http/clock';
import { onlyTask } from '../run/emitImages';
import { emitResult } from '../run/emitLora';
import { addExpiringWeightsHint, addImageHints, addUserIdHint } from '../run/hints';
import { limitsOf, readOutputOptions } from '../run/outputOptions';
import { readOptions, readProvider } from '../run/parameters';
import type { Output } from '../run/runItems';
import { runItems } from '../run/runItems';
import { findTask } from '../tasks/kinds';
import { openSession } from '../tasks/session';
import { canBeTaskId, readTask, taskJson } from '../tasks/taskItem';
import { awaitTask } from '../tasks/wait';
import { isEmpty, textIn } from '../values';
import { storeReport } from './reportedTasks';

/** Output 0 is Done, output 1 Failed. */
const failedOutput = 1;

/** A failure that doesn't end the run: the workflow decides what becomes of it. */
function aside(output: Output): Output {
	return 'failure' in output ? { ...output, output: failedOutput } : output;
}

/**
 * Fetches the images of the task that started the execution. Of what the provider has reported only the task's ID is used:
 * the rest comes from the provider itself.
 * @returns images, and what has failed, as two outputs
 * @throws NodeApiError or NodeOperationError when the credential or an option can't be used, or the execution is stopped
 */
export async function fetchReported(
	context: IExecuteFunctions,
	clock: Clock = systemClock,
): Promise<INodeExecutionData[][]> {
	const { outputs } = await runItems<string>(context, { clock }, async () => {
		const session = await openSession(context, readProvider(context), clock);
		const { client } = session;
		const output = readOutputOptions(readOptions(context, 0));
		return {
			concurrency: 1,
			outputs: 2,
			prepare(itemIndex) {
				const taskId = textIn(context.getInputData()[itemIndex]?.json.taskId);
				if (taskId !== undefined && canBeTaskId(taskId)) return [taskId];
				throw new Failure('No task was reported', {
					description:
						'This node starts when the provider calls its URL. To fetch a task by ID, use Z-Image Get Task Result.',
				});
			},
			async work(taskId, run) {
				storeReport(context, taskId, clock.now());
				let task = readTask(client.provider.id, taskId, {});
				const limits = limitsOf(output, clock, run);
				try {
					const found = await findTask(client, task, limits);
					({ task } = found);
					const result = await awaitTask(session, found, limits);
					const made = await emitResult(context, client, task, result, onlyTask, output, limits);
					return run.isStopped() ? made : made.map(aside);
				} catch (error) {
					const failure = handingOut(error, taskJson(task));
					if (run.isStopped()) throw failure;
					return [aside({ failure })];
				}
			},
			finish({ outputs: items }) {
				addImageHints(context, items);
				addExpiringWeightsHint(context, items);
				const userId = textIn(context.getInputData()[0]?.json.userId);
				if (userId !== undefined && isEmpty(context.getNodeParameter('userId', 0, ''))) {
					addUserIdHint(context, userId, client.provider.displayName);
				}
			},
		};
	});
	return outputs;
}
