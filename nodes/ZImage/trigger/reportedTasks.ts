import type { Reply, ReportHost } from '../host';

/**
 * As long as a provider may report a task again: fal until it drops the result, which is an hour; WaveSpeed four times with
 * 20 minutes for each answer. A signature is worth less.
 */
const keptMs = 2 * 60 * 60_000;

/** n8n writes the list into its database with each run. */
const mostStored = 1000;

/** A task's ID, and when it was reported, in milliseconds since 1970. */
type Reported = readonly [taskId: string, at: number];

type StoreHost = Pick<ReportHost, 'getWorkflowStaticData'>;

/** What this process has seen: the list below is stored only when the run ends, and two calls may come at once. */
const seen = new Map<string, number>();

function isRecent(at: unknown, now: number): boolean {
	return typeof at === 'number' && now - at < keptMs;
}

/** What n8n has stored of the node, as far as it is a list of ours. */
function storedTasks(host: StoreHost, now: number): Reported[] {
	const { reported } = host.getWorkflowStaticData('node');
	if (!Array.isArray(reported)) return [];
	return (reported as unknown[]).filter(
		(entry): entry is Reported => Array.isArray(entry) && isRecent(entry[1], now),
	);
}

/**
 * Notes that a task was reported.
 * @param now milliseconds since 1970
 * @returns whether it was for the first time; a task starts the workflow once, however often it is reported
 */
export function isFirstReport(host: ReportHost, taskId: string, now: number): boolean {
	for (const [place, at] of seen) {
		// They are in the order of their time.
		if (isRecent(at, now)) break;
		seen.delete(place);
	}
	const place = [host.getWorkflow().id, host.getNode().id, host.getMode(), taskId].join('/');
	if (seen.has(place) || storedTasks(host, now).some(([id]) => id === taskId)) return false;
	seen.set(place, now);
	const reply = host.getResponseObject() as Reply;
	// n8n could not start the workflow, so the provider has to report the task again.
	reply.once('finish', () => {
		if (reply.statusCode >= 400) seen.delete(place);
	});
	return true;
}

/**
 * Stores that a task has started a run, for when n8n is started again and for its other processes. Only the run can do that:
 * what a node notes while it is called gets lost in n8n 2.41 (establishContextForPersistence of its WorkflowRunner).
 * @param now milliseconds since 1970
 */
export function storeReport(host: StoreHost, taskId: string, now: number): void {
	const others = storedTasks(host, now).filter(([id]) => id !== taskId);
	const reported = [...others.slice(1 - mostStored), [taskId, now]];
	host.getWorkflowStaticData('node').reported = reported;
}
