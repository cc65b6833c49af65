import type {
	IExecuteFunctions,
	ILoadOptionsFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { applyLoraPresetProperties } from './applyLoraPreset/properties';
import { nodeVersions } from './host';

export class ZImageApplyLoraPreset implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Z-Image Apply LoRA Preset',
		name: 'zImageApplyLoraPreset',
		icon: {
			light: 'file:../../icons/zImageLoraPreset.svg',
			dark: 'file:../../icons/zImageLoraPreset.dark.svg',
		},
		group: ['transform'],
		version: nodeVersions,
		defaultVersion: 1.1,
		subtitle:
			'={{ ({ stack: "Stack", variations: "Variations", sweep: "Sweep", random: "Random" })[$parameter["operation"] ?? $parameter["combine"]] }}',
		description: 'Add LoRAs and their trigger words to items, for Z-Image Generate to use',
		defaults: { name: 'Z-Image Apply LoRA Preset' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		properties: applyLoraPresetProperties,
	};

	methods = {
		listSearch: {
			async searchLoras(this: ILoadOptionsFunctions, filter?: string, paginationToken?: string) {
				const { searchLoras } = await import('./hub/searchLoras.js');
				return await searchLoras.call(this, filter, paginationToken);
			},
		},
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		// Loaded when it is first needed: n8n loads the nodes of all packages when it starts.
		const { applyLoraPreset } = await import('./applyLoraPreset/execute.js');
		return await applyLoraPreset(this);
	}
}
