import { join } from 'node:path';
import type { Sample } from './row';

/**
 * The size of Generate's description that n8n sends to the editor, in kilobytes per provider, when there were
 * four.
 */
const KILOBYTES_WITH_FOUR_PROVIDERS = 7.04;

interface Property {
	readonly name: string;
	readonly options?: readonly unknown[];
}

interface NodeFile {
	readonly ZImageGenerate: new () => { readonly description: { properties: Property[] } };
}

/** The size of Generate's description per provider. It may grow linearly with their number at most. */
export function descriptionSize(folder: string): Sample[] {
	const file = join(folder, 'dist/nodes/ZImage/ZImageGenerate.node.js');
	// eslint-disable-next-line @typescript-eslint/no-require-imports
	const { ZImageGenerate } = require(file) as NodeFile;
	const { description } = new ZImageGenerate();
	const providers = description.properties.find(({ name }) => name === 'provider')?.options ?? [];
	return [
		{
			name: 'description-per-provider',
			unit: 'kB',
			value: JSON.stringify(description).length / 1000 / providers.length,
			limit: KILOBYTES_WITH_FOUR_PROVIDERS,
			goal: 1,
		},
	];
}
