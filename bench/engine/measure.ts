/** A process that runs one node in n8n's engine and measures it. */
import type { INodeExecutionData } from 'n8n-workflow';
import { pngChunk } from '../../test/support/imageBytes';
import { makePicture } from '../../test/support/picture';
import { storeFile } from '../../test/support/runWorkflow';
import { answerQuestions } from '../childProcess';
import { bareLoop, streamLoop } from './bareLoop';
import type { Arrival, Job, Measured, Sources, Subject } from './job';
import { loadPackage } from './nodePackage';
import { startProbes } from './probes';
import { binaryStore, type Runnable, runNode } from './workflow';

/** IEND: the last chunk of a PNG, which holds nothing. */
const END_CHUNK_BYTES = 12;

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

/** A PNG of this size: a small image, and a chunk that readers skip. */
function createImage(bytes: number): Buffer {
	const image = makePicture('png', 256, 256);
	const end = image.length - END_CHUNK_BYTES;
	const padding = pngChunk('paDd', Buffer.alloc(Math.max(0, bytes - image.length - 12)));
	return Buffer.concat([image.subarray(0, end), padding, image.subarray(end)]);
}

async function createItems(
	count: number,
	prompts: readonly string[],
	sources?: Sources,
): Promise<INodeExecutionData[]> {
	const image = sources && createImage(sources.bytes);
	const shared = image && sources.isShared ? await storeFile(image) : undefined;
	const items: INodeExecutionData[] = [];
	for (let index = 0; index < count; index++) {
		const data = shared ?? (image && (await storeFile(image)));
		items.push({
			json: { prompt: `${prompts[index % prompts.length]} number ${index}` },
			...(data && { binary: { data: { ...data } } }),
		});
	}
	return items;
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
		const inputs = await createItems(items, ['a warm-up [sandbox:seconds=0]'], job.sources);
		await runNode(await prepare(subject), inputs);
	}
	const results: Measured[] = [];
	for (const count of job.runs) {
		const inputs = await Promise.all(
			Array.from(
				{ length: job.executions ?? 1 },
				async () => await createItems(count, job.prompts, job.sources),
			),
		);
		const endProbes = await startProbes();
		const startedAt = Date.now();
		const start = performance.now();
		const outputs = await Promise.all(inputs.map(async (items) => await runNode(runnable, items)));
		const wallMs = performance.now() - start;
		const probed = endProbes();
		const output = outputs.flat();
		const failures = output.filter(({ json }) => json['error'] !== undefined).length;
		results.push({
			items: count * inputs.length,
			images: output.length - failures,
			failures,
			startedAt,
			wallMs,
			...probed,
			arrivals: arrivalsOf(output, storedAt),
		});
	}
	return results;
}

answerQuestions(measure);
