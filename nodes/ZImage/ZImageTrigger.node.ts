import type {
	IExecuteFunctions,
	IHookFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { providerCredentials } from './properties/provider';
import { webhookProviders } from './providers/registry';
import { triggerProperties } from './trigger/properties';

export class ZImageTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Z-Image Trigger',
		name: 'zImageTrigger',
		icon: {
			light: 'file:../../icons/zImageTrigger.svg',
			dark: 'file:../../icons/zImageTrigger.dark.svg',
		},
		group: ['trigger'],
		version: 1,
		subtitle:
			'={{ ({ fal: "fal", wavespeed: "WaveSpeed", replicate: "Replicate" })[$parameter["provider"]] }}',
		description:
			'Starts the workflow when a provider reports a finished task, with its images or its LoRA',
		eventTriggerDescription: 'Waiting for a provider to call the Test URL',
		activationMessage: 'You can now enter the Production URL as Callback URL of Z-Image Generate.',
		defaults: { name: 'Z-Image Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
		outputNames: ['Done', 'Failed'],
		credentials: providerCredentials(webhookProviders),
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				responseMode: 'onReceived',
				responseData: 'noData',
				path: 'webhook',
			},
		],
		properties: triggerProperties,
	};

	/** Providers have no list of URLs to call: each request of Generate names its own. */
	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return await Promise.resolve(false);
			},
			async create(this: IHookFunctions): Promise<boolean> {
				const { activate } = await import('./trigger/receive.js');
				return await activate(this);
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				return await Promise.resolve(true);
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const { receive } = await import('./trigger/receive.js');
		return await receive(this);
	}

	/** n8n runs a node with both methods on what `webhook` returned, in the execution that it starts. */
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const { fetchReported } = await import('./trigger/execute.js');
		return await fetchReported(this);
	}
}
