import type { INodeProperties } from 'n8n-workflow';

import { outputOptions } from '../properties/output';
import { providerProperty } from '../properties/provider';
import { webhookProviders } from '../providers/registry';

/** The providers whose signature doesn't say for whom it is. */
const signingForAll = webhookProviders.filter(({ webhook }) => webhook?.keysOf === 'provider');

const { timeoutSeconds } = outputOptions;

export const triggerProperties: INodeProperties[] = [
	providerProperty(webhookProviders),
	{
		displayName:
			'Publish the workflow, open Webhook URLs above, and enter the Production URL as Callback URL in the options of Z-Image Generate or Z-Image Train LoRA, in mode Submit. Calls without a valid provider signature are rejected.',
		name: 'callbackNotice',
		type: 'notice',
		default: '',
	},
	{
		displayName:
			"fal signs for all of its customers: a signature proves that a call is from fal, not that it is for you. The node looks each task up with your key before it starts the workflow. With your User ID it doesn't have to.",
		name: 'signatureNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { provider: signingForAll.map(({ id }) => id) } },
	},
	{
		displayName: 'User ID',
		name: 'userId',
		type: 'string',
		default: '',
		displayOptions: { show: { provider: signingForAll.map(({ id }) => id) } },
		description:
			'Only calls for this fal user start the workflow. Default: each task is looked up with your key.',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			outputOptions.fileName,
			outputOptions.binaryPropertyName,
			outputOptions.downloadWeights,
			{
				...timeoutSeconds,
				description:
					'How long to wait for the images, from 1 to 86400 seconds. Get Task Result can fetch a task that takes longer. Default: 300.',
			},
		],
	},
];
