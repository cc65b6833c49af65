import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { generateProperties } from './properties/generate';
import { providerCredentials } from './properties/provider';
import { providers } from './providers/registry';

export class ZImageGenerate implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Z-Image Generate',
		name: 'zImageGenerate',
		icon: { light: 'file:../../icons/zImage.svg', dark: 'file:../../icons/zImage.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["provider"] + ": " + $parameter["mode"] }}',
		description: 'Generate images from text with Z-Image Turbo and LoRAs',
		defaults: { name: 'Z-Image Generate' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: providerCredentials(providers),
		properties: generateProperties,
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		// Loaded when it is first needed: n8n loads the nodes of all packages when it starts.
		const { generate } = await import('./operations/generate.js');
		return await generate(this);
	}
}
