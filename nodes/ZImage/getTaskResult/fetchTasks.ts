import { handingOut } from '../errors/failure';
import type { Host, ParameterHost } from '../host';
import type { Clock } from '../http/clock';
import { NameTwins } from '../images/fileName';
import type { TaskPlace } from '../run/emitImages';
import { onlyTask } from '../run/emitImages';
import { emitResult } from '../run/emitLora';
import { addExpiringWeightsHint, addImageHints, addSummaryHint } from '../run/hints';
import { limitsOf, readMaxConcurrency } from '../run/outputOptions';
import { readOptions } from '../run/parameters';
import type { ItemOperation, Output, Run } from '../run/runItems';
import { RunSummary } from '../run/summary';
import { findTask } from '../tasks/kinds';
import type { Session } from '../tasks/session';
import { pendingJson, taskJson } from '../tasks/taskItem';
import { awaitTask } from '../tasks/wait';
import { readParameters } from './parameters';

/** The work of one item. */
export type Work = (run: Run) => Promise<Output[]>;

/** In mode `check`: output 0 is Done, output 1 Pending. */
const pendingOutput = 1;

/** Fetches the task of each item: waits for it, or checks it once. */
export function fetchTasks(
	host: Host & ParameterHost,
	session: Session,
	mode: 'check' | 'wait',
	clock: Clock,
): ItemOperation<Work> {
	const { client } = session;
	const summary = new RunSummary(host, clock);
	const twins = new NameTwins();
	const fetchTask = async (
		{ task: asked, output }: ReturnType<typeof readParameters>,
		place: TaskPlace,
		run: Run,
	): Promise<Output[]> => {
		const limits = limitsOf(output, clock, run);
		summary.addTask(null);
		let task = asked;
		try {
			const found = await findTask(client, asked, limits);
			({ task } = found);
			if (found.state.status === 'pending' && mode === 'check') {
				return [{ json: pendingJson(found), output: pendingOutput }];
			}
			const result = await awaitTask(session, found, limits);
			run.yieldPlace();
			const made = await emitResult(host, client, task, result, place, output, limits);
			summary.addImages(made.filter((one) => 'json' in one).length);
			return made;
		} catch (error) {
			throw handingOut(error, taskJson(task));
		}
	};
	return {
		concurrency: readMaxConcurrency(readOptions(host, 0)),
		outputs: mode === 'check' ? 2 : 1,
		charges: client.provider.charges,
		prepare(itemIndex) {
			const parameters = readParameters(host, client.provider, itemIndex);
			const { prompt, seed } = parameters.task;
			const place = { ...onlyTask, twin: twins.next(prompt, seed) };
			return [async (run) => await fetchTask(parameters, place, run)];
		},
		work: async (work, run) => await work(run),
		finish({ outputs }) {
			addImageHints(host, outputs);
			addExpiringWeightsHint(host, outputs);
			addSummaryHint(host, summary.text(client.retries));
		},
	};
}
