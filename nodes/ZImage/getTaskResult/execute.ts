import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { Failure } from '../errors/failure';
import type { Clock } from '../http/clock';
import { systemClock } from '../http/clock';
import type { ProviderTasks } from '../providers/provider';
import { asToolResult } from '../run/asTool';
import { inputFieldsOf } from '../run/inputFields';
import { readOperation, readProvider } from '../run/parameters';
import { runItems } from '../run/runItems';
import { openSession } from '../tasks/session';
import { toChoice } from '../values';
import type { Work } from './fetchTasks';
import { fetchTasks } from './fetchTasks';
import { listRecentTasks } from './listRecentTasks';

/**
 * Get Task Result: fetches tasks that were accepted earlier, waiting for them or checking them once, or lists
 * the recent ones.
 * @returns Done and Pending in mode `check`, otherwise one output
 * @throws NodeApiError or NodeOperationError that names the task
 */
export async function getTaskResult(
	context: IExecuteFunctions,
	clock: Clock = systemClock,
): Promise<INodeExecutionData[][]> {
	const inputFields = (itemIndex: number) => inputFieldsOf(context, itemIndex);
	const { outputs } = await runItems<Work>(context, { clock, inputFields }, async () => {
		const provider = readProvider(context);
		const { displayName } = provider;
		const tasks: ProviderTasks | undefined = provider.tasks;
		if (!tasks)
			throw new Failure(
				`${displayName} doesn't have tasks: Generate returns its images right away`,
			);
		const modes = ['wait', 'check', 'list'] as const;
		const mode = toChoice(readOperation(context, 0, 'mode', 'wait'), 'Mode', modes);
		if (mode !== 'list') {
			return fetchTasks(context, await openSession(context, provider, clock), mode, clock);
		}
		if (!tasks.list) {
			throw new Failure(`${displayName} doesn't support the mode List Recent Tasks`, {
				description:
					"It documents no list of tasks. The task IDs are in the error of the failed execution, and in n8n's log.",
			});
		}
		const { client } = await openSession(context, provider, clock);
		return listRecentTasks(context, client, tasks.list);
	});
	return asToolResult(context, outputs);
}
