import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECT_FOLDER } from '../sandbox/realN8n/paths';
import type { Sample } from './row';

/**
 * The size of Generate's description that n8n sends to the editor, in kilobytes per provider, when there were
 * four.
 */
const KILOBYTES_WITH_FOUR_PROVIDERS = 7.04;

/** The descriptions of n8n's own AI nodes, if the real n8n is installed. */
const N8N_NODES = join(
	PROJECT_FOLDER,
	'sandbox/n8n/node_modules/@n8n/n8n-nodes-langchain/dist/types/nodes.json',
);

interface Description {
	readonly name: string;
	readonly version: number | readonly number[];
	readonly properties: ReadonlyArray<{
		readonly name: string;
		readonly options?: readonly unknown[];
	}>;
}

/** What the editor gets about a node. If versions of it have a description each, that of the latest. */
async function findDescription(file: string, name: string): Promise<Description | undefined> {
	const all = JSON.parse(await readFile(file, 'utf8')) as Description[];
	const latest = ({ version }: Description) => Math.max(...[version].flat());
	const [found] = all
		.filter((description) => description.name === name)
		.sort((a, b) => latest(b) - latest(a));
	return found;
}

const kilobytes = (description: Description) => JSON.stringify(description).length / 1000;

/**
 * The size of Generate's description: as a whole, compared with n8n's own OpenAI node; and per provider. It may grow linearly
 * with their number at most.
 */
export async function descriptionSize(folder: string): Promise<Sample[]> {
	const ours = await findDescription(join(folder, 'dist/types/nodes.json'), 'zImageGenerate');
	if (!ours) throw new Error('The build has no description of Generate');
	const openAi = existsSync(N8N_NODES) ? await findDescription(N8N_NODES, 'openAi') : undefined;
	const providers = ours.properties.find(({ name }) => name === 'provider')?.options ?? [];
	return [
		{
			name: 'description-size',
			unit: 'kB',
			value: kilobytes(ours),
			...(openAi && { limit: kilobytes(openAi) }),
			goal: 1,
		},
		{
			name: 'description-per-provider',
			unit: 'kB',
			value: kilobytes(ours) / providers.length,
			limit: KILOBYTES_WITH_FOUR_PROVIDERS,
			goal: 1,
		},
	];
}
