import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { providerCredentials } from './properties/provider';
import { trainingProviders } from './providers/registry';
import { trainLoraProperties } from './trainLora/properties';

export class ZImageTrainLora implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Z-Image Train LoRA',
		name: 'zImageTrainLora',
		icon: {
			light: 'file:../../icons/zImageTrainLora.svg',
			dark: 'file:../../icons/zImageTrainLora.dark.svg',
		},
		group: ['transform'],
		version: 1,
		subtitle:
			'={{ ({ fal: "fal", wavespeed: "WaveSpeed" })[$parameter["provider"]] + ($parameter["steps"] >= 1 ? ": about $" + ({ fal: ({ v2: Math.max($parameter["steps"], 500) * 0.85, v1: Math.max($parameter["steps"], 100) * 2.26, base: Math.max($parameter["steps"], 500) * 0.85 })[$parameter["trainer"]], wavespeed: $parameter["steps"] * 1.25 }[$parameter["provider"]] / 1000).toFixed(2) + ", " + $parameter["steps"] + " steps" : "") }}',
		description: 'Train a LoRA for Z-Image on your own images',
		defaults: { name: 'Z-Image Train LoRA' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: providerCredentials(trainingProviders),
		properties: trainLoraProperties,
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		// Loaded when it is first needed: n8n loads the nodes of all packages when it starts.
		const { trainLora } = await import('./trainLora/execute.js');
		return await trainLora(this);
	}
}
