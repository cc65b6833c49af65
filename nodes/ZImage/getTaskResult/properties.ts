import type { INodeProperties } from 'n8n-workflow';

import { taskProviders } from '../providers/registry';
import { outputOptions } from '../properties/output';
import { providerProperty, toolDescriptionProperty } from '../properties/provider';

const toolDescription =
	'Fetches the image of a task that was submitted before, by the taskId of a result or of an error, and gives its url, width, height and seed. It costs nothing. If the status is "pending", the image is not ready yet: call it again later.';

export const getTaskResultProperties: INodeProperties[] = [
	toolDescriptionProperty(toolDescription),
	providerProperty(taskProviders),
	{
		displayName: 'Task ID',
		name: 'taskId',
		type: 'string',
		required: true,
		default: '={{ $json.taskId }}',
		description: 'The "taskId" of an item of Z-Image Generate in mode Submit, or of an error',
	},
	{
		displayName: 'Mode',
		name: 'mode',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Wait', value: 'wait', description: 'Wait for the images' },
			{
				name: 'Check Once',
				value: 'check',
				description: 'Send images to the output Done, and tasks that go on to the output Pending',
			},
		],
		default: 'wait',
		description: 'Whether to wait for the images or to look once how the task is doing',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			outputOptions.fileName,
			outputOptions.includeInputFields,
			outputOptions.maxConcurrency,
			outputOptions.binaryPropertyName,
			outputOptions.timeoutSeconds,
		],
	},
];
