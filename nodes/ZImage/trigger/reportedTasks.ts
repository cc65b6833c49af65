import type { Reply, ReportHost } from '../host';

/**
 * As long as a provider may report a task again: fal until it drops the result, which is an hour; WaveSpeed four times with
 * 20 minutes for each answer. A signature is worth less.
 */
const keptMs = 2 * 60 * 60_000;

/** n8n writes the list into its database with each task. */
const mostStored = 1000;

/** A task's ID, and when it was reported, in milliseconds since 1970. */
type Reported = readonly [taskId: string, at: number];

/** What this process has seen: n8n stores the list below only with its answer, and two deliveries may come at once. */
const seen = new Map<string, number>();

function isRecent(at: unknown, now: number): boolean {
	return typeof at === 'number' && now - at < keptMs;
}

/** What n8n has stored of the node, as far as it is a list of ours. */
function storedIn({ reported }: { reported?: unknown }, now: number): Reported[] {
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
	for (const [place, at] of seen) if (!isRecent(at, now)) seen.delete(place);
	const place = [host.getWorkflow().id, host.getNode().id, host.getMode(), taskId].join('/');
	const nodeData = host.getWorkflowStaticData('node');
	const stored = storedIn(nodeData, now);
	if (seen.has(place) || stored.some(([id]) => id === taskId)) return false;
	seen.set(place, now);
	nodeData.reported = [...stored.slice(1 - mostStored), [taskId, now]];
	const reply = host.getResponseObject() as Reply;
	// n8n could not start the workflow, so the provider has to report the task again.
	reply.once('finish', () => {
		if (reply.statusCode >= 400) seen.delete(place);
	});
	return true;
}
