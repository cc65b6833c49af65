import { Failure } from '../errors/failure';
import type { SourceImages } from '../images/sourceImage';
import { estimateCostUsd } from '../providers/cost';
import type { Endpoint, ImageRequest, Provider } from '../providers/provider';
import type { TaskPlace } from '../run/emitImages';
import type { OutputOptions } from '../run/outputOptions';
import { readOutputOptions } from '../run/outputOptions';
import { textIn, toChoice } from '../values';
import { checkLimits } from './checkLimits';
import { imageRequestOf, toSeed } from './imageRequest';
import type { GenerateParameters } from './parameters';
import { readProviderOptions } from './readOptions';
import { ignoresSize } from './size';

/** One planned task of an item. */
export interface PlannedTask {
	/** References stand for its images. */
	readonly request: ImageRequest;
	readonly place: TaskPlace;
	/** US dollars; `null` if no price is documented. */
	readonly costUsd: number | null;
}

/** The plan for one item of Generate. */
export interface Plan {
	readonly tasks: readonly PlannedTask[];
	readonly mode: 'submit' | 'wait';
	readonly output: OutputOptions;
	/** Apply LoRA Preset's name for the styles. */
	readonly loraPreset: string | undefined;
	/** The editor's names of the options that are set although the endpoint doesn't support them. */
	readonly ignored: readonly string[];
}

function modeOf(provider: Provider, { mode: given }: GenerateParameters): Plan['mode'] {
	const mode = toChoice(given, 'Mode', ['wait', 'submit']);
	if (mode === 'submit' && !provider.tasks) {
		throw new Failure(`${provider.displayName} doesn't support Submit mode`, {
			description: 'It returns the image right away. Nothing was sent. Set Mode to Wait.',
		});
	}
	return mode;
}

/** As many tasks as needed for the requested images. A given seed increases from task to task. */
function splitIntoTasks(
	imagesPerTask: number,
	request: ImageRequest,
): Array<Pick<PlannedTask, 'place' | 'request'>> {
	const { numberOfImages, seed } = request;
	if (numberOfImages <= imagesPerTask) {
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
 * Checks what one item of Generate asks for, and splits it into tasks.
 * @param imagesPerTask the most images of one task. Default: as many as the endpoint can generate
 * @throws Failure when something is invalid
 */
export function planTasks(
	provider: Provider,
	endpoint: Endpoint,
	parameters: GenerateParameters,
	images: SourceImages,
	imagesPerTask = endpoint.limits.imagesPerTask,
): Plan {
	const { options, preprocess, styled } = parameters;
	const { honoured, ignored } = readProviderOptions(endpoint, { ...options, preprocess });
	const request = imageRequestOf(provider, endpoint, parameters, honoured, images);
	const mode = modeOf(provider, parameters);
	const output = readOutputOptions(options);
	const tasks = splitIntoTasks(imagesPerTask, request);
	tasks.forEach((task) => checkLimits(provider, endpoint, task.request));
	return {
		tasks: tasks.map((task) => ({ ...task, costUsd: estimateCostUsd(endpoint, task.request) })),
		mode,
		output,
		loraPreset: textIn(styled.loraPreset),
		ignored: [
			...ignored,
			...(ignoresSize(endpoint, parameters) ? ['Output Size'] : []),
			...(endpoint.noSeed && toSeed(options.seed) !== undefined ? ['Seed'] : []),
		],
	};
}
