import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { getTaskResultProperties } from './getTaskResult/properties';
import { nodeVersions } from './host';
import { providerCredentials } from './properties/provider';
import { taskProviders } from './providers/registry';

export class ZImageGetTaskResult implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Z-Image Get Task Result',
		name: 'zImageGetTaskResult',
		icon: {
			light: 'file:../../icons/zImageTaskResult.svg',
			dark: 'file:../../icons/zImageTaskResult.dark.svg',
		},
		group: ['transform'],
		version: nodeVersions,
		defaultVersion: 1.1,
		subtitle:
			'={{ ({ fal: "fal", wavespeed: "WaveSpeed", replicate: "Replicate", novita: "Novita", highway: "Highway API", comfyui: "ComfyUI", sdcpp: "stable-diffusion.cpp" })[$parameter["provider"]] + ": " + ({ wait: "Wait", check: "Check Once", list: "List Recent Tasks" })[$parameter["operation"] ?? $parameter["mode"]] }}',
		description: 'Fetch the images or the LoRA of a task that was submitted earlier',
		defaults: { name: 'Z-Image Get Task Result' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs:
			'={{ ($parameter["operation"] ?? $parameter["mode"]) === "check" ? [{ type: "main", displayName: "Done" }, { type: "main", displayName: "Pending" }] : [{ type: "main" }] }}',
		credentials: providerCredentials(taskProviders),
		properties: getTaskResultProperties,
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		// Loaded when it is first needed: n8n loads the nodes of all packages when it starts.
		const { getTaskResult } = await import('./getTaskResult/execute.js');
		return await getTaskResult(this);
	}
}
