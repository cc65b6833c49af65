import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import Table from 'cli-table3';
import { HOSTED } from './emulator/hosts';
import { type ExecutionResult, type OutputItem, outputItems } from './realN8n/executionResult';

const GENERATE_TYPE = 'n8n-nodes-z-image.zImageGenerate';
const WRITE_FILE_TYPE = 'n8n-nodes-base.readWriteFile';
const MILLISECONDS = 1_000;

interface WorkflowNode {
	readonly name: string;
	readonly type: string;
}

/** An image that a workflow generated and saved. */
export interface SavedImage {
	readonly provider: string;
	readonly taskId: string;
	readonly seed: string;
	readonly size: string;
	readonly type: string;
	/** The file's name in the output folder. */
	readonly file: string;
	/** How long n8n's node ran, for all images of its run. */
	readonly seconds: string;
}

function secondsOf(result: ExecutionResult, nodes: readonly WorkflowNode[], item: OutputItem) {
	const runs = nodes
		.filter(({ type }) => type === GENERATE_TYPE)
		.flatMap(({ name }) => result.data.resultData.runData[name] ?? []);
	const run = runs.find(({ data }) =>
		data?.main?.flat().some((output) => output?.json['url'] === item.json['url']),
	);
	return run === undefined ? '' : (run.executionTime / MILLISECONDS).toFixed(1);
}

const text = (value: unknown): string =>
	typeof value === 'string' || typeof value === 'number' ? String(value) : '-';

/** Lists the images that an execution wrote into the output folder and that exist. */
export async function savedImages(
	result: ExecutionResult,
	nodes: readonly WorkflowNode[],
	outputFolder: string,
): Promise<SavedImage[]> {
	const saved = nodes
		.filter(({ type }) => type === WRITE_FILE_TYPE)
		.flatMap(({ name }) => outputItems(result, name))
		// The examples write a small file first, to see whether the folder is there.
		.filter(({ json }) => json['taskId'] !== undefined);
	const images = await Promise.all(
		saved.map(async (item) => {
			const { provider, taskId, seed, width, height, contentType, fileName } = item.json;
			const file = basename(text(fileName));
			const found = await stat(join(outputFolder, file)).catch(() => undefined);
			if (found === undefined || found.size === 0) return [];
			return {
				provider: text(provider),
				taskId: text(taskId),
				seed: text(seed),
				size: `${text(width)} x ${text(height)}`,
				type: text(contentType),
				file,
				seconds: secondsOf(result, nodes, item),
			};
		}),
	);
	return images.flat();
}

/** The providers without an image. */
export function providersWithoutImage(images: readonly SavedImage[]): string[] {
	return HOSTED.filter((name) => !images.some(({ provider }) => provider === name));
}

/** The images as a table for the terminal. */
export function imagesTable(images: readonly SavedImage[]): string {
	const table = new Table({
		head: ['provider', 'task', 'seed', 'size', 'type', 'file', 'seconds'],
		style: { head: [], border: [], compact: true },
	});
	for (const { provider, taskId, seed, size, type, file, seconds } of images) {
		table.push([provider, taskId, seed, size, type, file, seconds]);
	}
	return table.toString();
}
