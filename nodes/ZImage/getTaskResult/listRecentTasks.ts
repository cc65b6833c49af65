import type { ParameterHost } from '../host';
import type { Client } from '../http/client';
import type { TaskList } from '../providers/provider';
import { limitsOf } from '../run/outputOptions';
import type { ItemOperation } from '../run/runItems';
import { listTasks } from '../tasks/list';
import { listedJson } from '../tasks/taskItem';
import type { Work } from './fetchTasks';
import { readListParameters } from './parameters';

/** Lists the account's recent tasks, once for each item, like other n8n nodes. */
export function listRecentTasks(
	host: ParameterHost,
	client: Client,
	list: TaskList,
): ItemOperation<Work> {
	const { clock, provider } = client;
	return {
		concurrency: 1,
		outputs: 1,
		prepare(itemIndex) {
			const { withinMs, most, output } = readListParameters(host, itemIndex);
			return [
				async (run) => {
					const bounds = { sinceMs: clock.now() - withinMs, most };
					const tasks = await listTasks(client, list, bounds, limitsOf(output, clock, run));
					return tasks.map((task) => ({ json: listedJson(provider.id, task) }));
				},
			];
		},
		work: async (work, run) => await work(run),
	};
}
