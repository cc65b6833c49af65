import type { IDisplayOptions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { listProviders, taskProviders } from '../providers/registry';
import { outputOptions } from '../properties/output';
import { providerProperty, toolDescriptionProperty } from '../properties/provider';
import { firstVersion, inVersions, laterVersions } from '../properties/versions';

const toolDescription =
	'Fetches the image or the LoRA of a task that was submitted earlier, by the taskId of a result or an error, and returns its url, with the width, height and seed of an image or the trigger word of a LoRA. It is free. If the status is "pending", it is not ready yet: call again later.';

const waitMode = {
	name: 'Wait',
	value: 'wait',
	action: 'Wait for the result of a task',
	description: 'Wait for the images or the LoRA',
};
const checkMode = {
	name: 'Check Once',
	value: 'check',
	action: 'Check a task once',
	description:
		'Send what is finished to the Done output and unfinished tasks to the Pending output',
};
const listMode = {
	name: 'List Recent Tasks',
	value: 'list',
	action: 'List recent tasks',
	description: "List your account's recent Z-Image tasks with their status, without their images",
};

const listIds = listProviders.map(({ id }) => id);

function modeProperty(
	options: INodePropertyOptions[],
	displayOptions: IDisplayOptions,
): INodeProperties {
	return inVersions(firstVersion, {
		displayName: 'Mode',
		name: 'mode',
		type: 'options',
		noDataExpression: true,
		options,
		default: 'wait',
		displayOptions,
		description: 'Whether to wait for the result, check the status once, or list recent tasks',
	});
}

const operationModes: INodePropertyOptions[] = [
	waitMode,
	checkMode,
	{ ...listMode, displayOptions: { show: { provider: listIds } } },
];

/** Replaces Mode in later versions: n8n lists its values as actions when users search for the node. */
const operationProperty = inVersions(laterVersions, {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	options: operationModes,
	default: 'wait',
});

/** A list has no files, and lists are requested one after another. */
function unlessListed(option: INodeProperties): INodeProperties {
	return { ...option, displayOptions: { hide: { '/mode': ['list'], '/operation': ['list'] } } };
}

/**
 * The parameters of List Recent Tasks.
 * @param mode the parameter that selects it
 */
function listProperties(mode: 'mode' | 'operation'): INodeProperties[] {
	return [
		{
			displayName: 'Submitted Within (Hours)',
			name: 'withinHours',
			type: 'number',
			typeOptions: { minValue: 0.1, maxValue: 720 },
			default: 24,
			displayOptions: { show: { [mode]: ['list'] } },
			description: 'How far back to list tasks, from 0.1 to 720 hours. Default: 24.',
		},
		{
			displayName: 'Return All',
			name: 'returnAll',
			type: 'boolean',
			default: false,
			displayOptions: { show: { [mode]: ['list'] } },
			description: 'Whether to return all results or only up to a given limit',
		},
		{
			displayName: 'Limit',
			name: 'limit',
			type: 'number',
			typeOptions: { minValue: 1, numberPrecision: 0 },
			default: 50,
			displayOptions: { show: { [mode]: ['list'], returnAll: [false] } },
			description: 'Max number of results to return',
		},
	];
}

export const getTaskResultProperties: INodeProperties[] = [
	toolDescriptionProperty(toolDescription),
	providerProperty(taskProviders),
	operationProperty,
	{
		displayName: 'Task ID',
		name: 'taskId',
		type: 'string',
		required: true,
		displayOptions: { hide: { mode: ['list'], operation: ['list'] } },
		default: '={{ $json.taskId }}',
		description:
			'The "taskId" from Z-Image Generate in Submit mode, from Z-Image Train LoRA, or from an error',
	},
	modeProperty([waitMode, checkMode, listMode], { show: { provider: listIds } }),
	modeProperty([waitMode, checkMode], { hide: { provider: listIds } }),
	...listProperties('mode'),
	...listProperties('operation'),
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			unlessListed(outputOptions.fileName),
			outputOptions.includeInputFields,
			unlessListed(outputOptions.maxConcurrency),
			unlessListed(outputOptions.binaryPropertyName),
			unlessListed(outputOptions.downloadWeights),
			{
				...outputOptions.timeoutSeconds,
				description:
					'How long to wait for a task, from 1 to 86400 seconds. Get Task Result can fetch a task that takes longer. Default: 300, and 3600 for the item of a training.',
			},
		],
	},
];
