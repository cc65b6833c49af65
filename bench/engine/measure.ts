/** A process that runs one node in n8n's engine and measures it. */
import type { INodeExecutionData } from 'n8n-workflow';
import { answerQuestions } from '../childProcess';
import { bareLoop, streamLoop } from './bareLoop';
import type { Arrival, Job, Measured, Subject } from './job';
import { loadPackage } from './nodePackage';
import { startProbes } from './probes';
import { binaryStore, type Runnable, runNode } from './workflow';

/** Notes when each file is in n8n's binary store, by its id there. */
async function watchStore(): Promise<Map<string, number>> {
	const service = await binaryStore();
	const storedAt = new Map<string, number>();
	const store = service.store.bind(service);
	service.store = async (...args) => {
		const stored = await store(...args);
		if (stored.id) storedAt.set(stored.id, Date.now());
		return stored;
	};
	return storedAt;
}

function createItems(count: number, prompts: readonly string[]): INodeExecutionData[] {
	return Array.from({ length: count }, (_, index) => ({
		json: { prompt: `${prompts[index % prompts.length]} number ${index}` },
	}));
}

function arrivalsOf(
	items: readonly INodeExecutionData[],
	storedAt: ReadonlyMap<string, number>,
): Arrival[] {
	return items.flatMap(({ json, binary }) => {
		const at = storedAt.get(binary?.['data']?.id ?? '');
		return at === undefined ? [] : [{ taskId: json['taskId'] as string, at }];
	});
}

async function prepare(subject: Subject): Promise<Runnable> {
	const { nodes, credentialTypes } = await loadPackage(subject.packageFolder);
	const node = [...nodes, bareLoop, streamLoop].find(
		({ description }) => description.name === subject.nodeName,
	);
	if (!node) throw new Error(`${subject.packageFolder} has no node ${subject.nodeName}`);
	return { node, credentialTypes, subject };
}

async function measure(job: Job): Promise<Measured[]> {
	const runnable = await prepare(job.subject);
	const storedAt = await watchStore();
	for (const { subject, items } of job.warmUps) {
		await runNode(await prepare(subject), createItems(items, ['a warm-up [sandbox:seconds=0]']));
	}
	const results: Measured[] = [];
	for (const count of job.runs) {
		const inputs = Array.from({ length: job.executions ?? 1 }, () =>
			createItems(count, job.prompts),
		);
		const endProbes = await startProbes();
		const startedAt = Date.now();
		const start = performance.now();
		const outputs = await Promise.all(inputs.map(async (items) => await runNode(runnable, items)));
		const wallMs = performance.now() - start;
		const probed = endProbes();
		const output = outputs.flat();
		const images = output.length;
		const arrivals = arrivalsOf(output, storedAt);
		const items = count * inputs.length;
		results.push({ items, images, startedAt, wallMs, ...probed, arrivals });
	}
	return results;
}

answerQuestions(measure);
