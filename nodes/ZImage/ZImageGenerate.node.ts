import type {
	IExecuteFunctions,
	ILoadOptionsFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { optionHints } from './generate/optionHints';
import { generateProperties } from './generate/properties';
import { nodeVersions } from './host';
import { serverListMethod } from './hub/serverListMethod';
import { credentialsWithFallback } from './properties/provider';
import { providers } from './providers/registry';

export class ZImageGenerate implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Z-Image Generate',
		name: 'zImageGenerate',
		icon: { light: 'file:../../icons/zImage.svg', dark: 'file:../../icons/zImage.dark.svg' },
		group: ['transform'],
		version: nodeVersions,
		defaultVersion: 1.1,
		subtitle:
			'={{ ({ fal: "fal", wavespeed: "WaveSpeed", replicate: "Replicate", novita: "Novita", highway: "Highway API", aimlapi: "AI/ML API", comfyui: "ComfyUI", sdcpp: "stable-diffusion.cpp", openaiCompatible: "OpenAI-compatible" })[$parameter["provider"]] + ": " + ({ textToImage: "Text to Image", imageToImage: "Image to Image", inpaint: "Inpaint", controlNet: "ControlNet", seamlessTiling: "Seamless Tiling" })[$parameter["operation"]] }}',
		description: 'Generate images from text and images with Z-Image and LoRAs',
		defaults: { name: 'Z-Image Generate' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: credentialsWithFallback(providers),
		hints: optionHints,
		properties: generateProperties,
	};

	methods = {
		listSearch: {
			async searchLoras(this: ILoadOptionsFunctions, filter?: string, paginationToken?: string) {
				const { searchLoras } = await import('./hub/searchLoras.js');
				return await searchLoras.call(this, filter, paginationToken);
			},
			searchDiffusionModels: serverListMethod('diffusionModels'),
			searchModels: serverListMethod('models'),
			searchTextEncoders: serverListMethod('textEncoders'),
			searchVaes: serverListMethod('vaes'),
		},
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		// Loaded when it is first needed: n8n loads the nodes of all packages when it starts.
		const { generate } = await import('./generate/execute.js');
		return await generate(this);
	}
}
