import type { IDataObject } from 'n8n-workflow';

import type { ImageType } from '../images/imageType';
import type { ErrorKind, ListedTask, Lora, Model, TrainedLora } from '../providers/provider';
import { isEmpty, isRecord, numberIn, textIn, toList } from '../values';
import type {
	FailedProvider,
	FinishedImage,
	FinishedTask,
	SubmittedTask,
	Task,
	TrainingFacts,
} from './task';

/** How strongly a LoRA counts where nothing else is said. */
const defaultScale = 1;

/** LoRAs as in an item, or `null` if they aren't known. */
function lorasJson({ loras }: Task): IDataObject[] | null {
	return loras?.map(({ path, scale }) => ({ path, scale })) ?? null;
}

/** Fields that only some tasks have. */
function optionalJson({ loraPreset, failedProviders }: Task): IDataObject {
	return {
		...(loraPreset !== undefined && { loraPreset }),
		...(failedProviders && { failedProviders: failedProviders.map((failed) => ({ ...failed })) }),
	};
}

/** A training as an item's `json`. */
function trainingJson(task: Task, { trainer, trigger, steps, imageCount }: TrainingFacts) {
	const { provider, model, taskId, submittedAt, estimatedCostUsd } = task;
	return {
		provider,
		model,
		taskId,
		status: 'pending',
		submittedAt,
		trainer,
		trigger,
		steps,
		imageCount,
		estimatedCostUsd,
	};
}

/** The task as an item's `json`, in the form that Get Task Result takes. */
export function taskJson(task: Task): IDataObject {
	const { provider, model, taskId, submittedAt, prompt, seed, estimatedCostUsd, training } = task;
	if (training) return trainingJson(task, training);
	return {
		provider,
		model,
		taskId,
		status: 'pending',
		submittedAt,
		prompt,
		seed,
		loras: lorasJson(task),
		estimatedCostUsd,
		...optionalJson(task),
	};
}

/** A task that isn't done as an item's `json`: of a training, which takes long, also how far it is. */
export function pendingJson({ task, state }: SubmittedTask): IDataObject {
	const json = taskJson(task);
	if (!task.training || state.status !== 'pending') return json;
	const { queued, stepsDone = null } = state;
	return { ...json, progress: queued ? 'queued' : 'training', stepsDone };
}

/** The latest time that JavaScript can tell, in milliseconds since 1970. */
const maxTime = 8.64e15;

function toIsoTime(time: number | null): string | null {
	return time !== null && Math.abs(time) <= maxTime ? new Date(time).toISOString() : null;
}

/** A task of a list as an item's `json`: in the form of `taskJson`, with the status from the list. */
export function listedJson(provider: string, listed: ListedTask): IDataObject {
	const { taskId, model, status, submittedAtMs, prompt, seed, loras, expiresAtMs } = listed;
	const submittedAt = toIsoTime(submittedAtMs);
	const task = {
		provider,
		model,
		taskId,
		submittedAt,
		prompt,
		seed,
		loras,
		estimatedCostUsd: null,
	};
	return { ...taskJson(task), status, expiresAt: toIsoTime(expiresAtMs) };
}

/** The LoRAs in a task item, unchecked because they are already paid for. */
function readLorasOf({ loras }: IDataObject): Lora[] | null {
	if (isEmpty(loras)) return null;
	return (
		toList(loras)
			?.filter(isRecord)
			.map(({ path, scale }) => ({ path: textIn(path) ?? '', scale: numberIn(scale) ?? 1 })) ?? null
	);
}

/** What an item of a training says of it; `undefined` for an item of images. */
function readTraining(item: IDataObject): TrainingFacts | undefined {
	const trainer = textIn(item.trainer);
	if (trainer === undefined) return undefined;
	return {
		trainer,
		trigger: textIn(item.trigger) ?? null,
		steps: numberIn(item.steps) ?? null,
		imageCount: numberIn(item.imageCount) ?? null,
	};
}

/** The providers that an item says were asked before. */
function readFailedProviders({ failedProviders }: IDataObject): FailedProvider[] {
	if (isEmpty(failedProviders)) return [];
	return (toList(failedProviders) ?? []).filter(isRecord).map(({ provider, errorKind, error }) => ({
		provider: textIn(provider) ?? '',
		errorKind: (textIn(errorKind) ?? 'other') as ErrorKind,
		error: textIn(error) ?? '',
	}));
}

/**
 * The task in an item's `json`. An item of an error output has it in `details`: the other fields belong to an earlier node, because
 * n8n adds the fields of the input item.
 */
export function taskIn(json: IDataObject): IDataObject {
	const { details, taskId } = json;
	return isRecord(details) && (taskId === undefined || 'errorKind' in details) ? details : json;
}

/**
 * Reads what `taskJson` has written, even if a table has stored it as text. Missing fields and fields of another type are
 * `null`.
 * @param provider whose task it is
 */
export function readTask(provider: string, taskId: string, item: IDataObject): Task {
	const loraPreset = textIn(item.loraPreset);
	const failedProviders = readFailedProviders(item);
	const training = readTraining(item);
	return {
		provider,
		model: textIn(item.model) ?? null,
		taskId,
		submittedAt: textIn(item.submittedAt) ?? null,
		prompt: textIn(item.prompt) ?? null,
		seed: numberIn(item.seed) ?? null,
		loras: readLorasOf(item),
		estimatedCostUsd: numberIn(item.estimatedCostUsd) ?? null,
		...(training && { training }),
		...(loraPreset !== undefined && { loraPreset }),
		...(failedProviders.length > 0 && { failedProviders }),
	};
}

/** Whether a text can be the ID of a task: an API path with only dots would lead elsewhere. */
export function canBeTaskId(text: string): boolean {
	return !/^\.*$/.test(text);
}

/** The place of an image among those of its input item, from 0. */
export interface ImagePlace {
	readonly imageIndex: number;
	readonly imageCount: number;
}

/**
 * What is known about a finished image before its file is downloaded: all fields of its `json`. The bytes of an
 * inline image are never in `json`.
 * @param now milliseconds since 1970
 */
export function knownJson(
	task: Task,
	{ seed, prompt }: FinishedTask,
	image: FinishedImage,
	{ imageIndex, imageCount }: ImagePlace,
	now: number,
): IDataObject {
	const { width, height, nsfw, expiresInSeconds } = image;
	return {
		provider: task.provider,
		model: task.model,
		taskId: task.taskId,
		status: 'succeeded',
		prompt: prompt ?? task.prompt,
		seed: seed ?? task.seed,
		imageIndex,
		imageCount,
		url: 'url' in image ? image.url : null,
		width,
		height,
		contentType: null,
		nsfw,
		expiresAt: toIsoTime(expiresInSeconds === null ? null : now + expiresInSeconds * 1000),
		loras: lorasJson(task),
		estimatedCostUsd: task.estimatedCostUsd,
		...optionalJson(task),
	};
}

/** The `json` of an image whose file was downloaded: type and size come from the file itself. */
export function imageJson(known: IDataObject, type: ImageType): IDataObject {
	return {
		...known,
		width: type.width ?? known.width,
		height: type.height ?? known.height,
		contentType: type.mimeType,
	};
}

/**
 * The `json` of a finished training. Its `loras` are in the form that Generate and Apply LoRA Preset take from an item.
 * @param baseModel the model that the LoRA is for; `null` where it isn't known
 * @param now milliseconds since 1970
 */
export function loraJson(
	task: Task,
	{ url, configUrl, expiresInSeconds }: TrainedLora,
	baseModel: Model | null,
	now: number,
): IDataObject {
	const { provider, model, taskId, training, estimatedCostUsd } = task;
	const { trainer = null, trigger = null, steps = null, imageCount = null } = training ?? {};
	return {
		provider,
		model,
		taskId,
		status: 'succeeded',
		loras: [{ path: url, scale: defaultScale, ...(trigger !== null && { trigger }) }],
		trigger,
		baseModel,
		trainer,
		steps,
		imageCount,
		url,
		configUrl,
		expiresAt: toIsoTime(expiresInSeconds === null ? null : now + expiresInSeconds * 1000),
		estimatedCostUsd,
	};
}
