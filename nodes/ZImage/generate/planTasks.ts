import type { IExecuteFunctions } from 'n8n-workflow';

import { Failure } from '../errors/failure';
import type { Client } from '../http/client';
import { checkLimits } from './checkLimits';
import { estimateCostUsd } from '../providers/cost';
import type { ImageRequest, Provider } from '../providers/provider';
import type { AcceptedTasks } from '../paid/acceptedTasks';
import type { Budget } from '../paid/budget';
import type { TaskPlace } from '../run/emitImages';
import { readEndpoint, readLoraPreset, readRequest } from './imageRequest';
import type { OutputOptions } from '../run/outputOptions';
import { readOutputOptions } from '../run/outputOptions';
import { readOptions, toChoice } from '../run/parameters';
import { optionNames, readProviderOptions } from './readOptions';
import type { SourceImages } from './sourceImages';
import { readSourceImages } from './sourceImages';

/** One task to submit. */
export interface Unit {
	/** Its pictures are named by their references. */
	readonly request: ImageRequest;
	readonly images: SourceImages;
	/** What Apply LoRA Preset calls the styles. */
	readonly loraPreset: string | undefined;
	/** US dollars; `null` where no price is documented. */
	readonly costUsd: number | null;
	readonly place: TaskPlace;
	readonly mode: 'submit' | 'wait';
	readonly output: OutputOptions;
	/** Of the task, among those that were accepted in this execution. */
	readonly key: string;
}

function readMode(context: IExecuteFunctions, provider: Provider, itemIndex: number) {
	const mode = toChoice(context.getNodeParameter('mode', itemIndex, 'wait'), 'Mode', [
		'wait',
		'submit',
	]);
	if (mode === 'submit' && !provider.tasks) {
		throw new Failure(`${provider.displayName} has no tasks to hand out: Mode cannot be Submit`, {
			description: 'Its answer is the image itself. Nothing was sent. Set Mode to Wait.',
		});
	}
	return mode;
}

/** As many tasks as it takes for the images asked for; a given seed counts up from task to task. */
function splitIntoTasks(
	{ limits }: Provider,
	request: ImageRequest,
): Array<Pick<Unit, 'place' | 'request'>> {
	const { numberOfImages, seed } = request;
	if (numberOfImages <= limits.imagesPerTask) {
		return [{ request, place: { taskIndex: 0, taskCount: 1 } }];
	}
	return Array.from({ length: numberOfImages }, (_, taskIndex) => ({
		request: {
			...request,
			numberOfImages: 1,
			...(seed !== undefined && { seed: seed + taskIndex }),
		},
		place: { taskIndex, taskCount: numberOfImages },
	}));
}

/**
 * Reads what one item of Generate asks for, checks it, and splits it into tasks. Sends nothing.
 * @returns the tasks, and the names of the options that came although the endpoint has no such thing
 * @throws Failure when something is wrong with it, or when it would cost too much
 */
export async function planTasks(
	context: IExecuteFunctions,
	{ provider, baseUrl }: Client,
	accepted: AcceptedTasks,
	budget: Budget,
	itemIndex: number,
): Promise<{ units: Unit[]; ignored: readonly string[] }> {
	const endpoint = readEndpoint(context, provider, itemIndex);
	const options = readOptions(context, itemIndex);
	const { honoured, ignored } = readProviderOptions(endpoint, {
		...options,
		preprocess: context.getNodeParameter('preprocess', itemIndex, ''),
	});
	const images = await readSourceImages(context, provider, endpoint, itemIndex);
	const request = readRequest(context, provider, endpoint, itemIndex, honoured, options, images);
	const ofItem = {
		images,
		loraPreset: readLoraPreset(context, itemIndex),
		mode: readMode(context, provider, itemIndex),
		output: readOutputOptions(options),
	};
	const tasks = splitIntoTasks(provider, request);
	tasks.forEach((task) => checkLimits(provider, endpoint, task.request, optionNames));
	const units = tasks.map((task) => {
		const submit = [baseUrl, provider.submit(task.request)];
		const key = accepted.keyOf(itemIndex, task.place.taskIndex, submit);
		const costUsd = estimateCostUsd(provider.id, task.request);
		if (!accepted.find(key)) budget.plan(provider, costUsd);
		return { ...task, ...ofItem, costUsd, key };
	});
	return { units, ignored };
}
