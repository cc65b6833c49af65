import type { IDataObject } from 'n8n-workflow';

import type { ImageReference, SucceededTask } from '../providers/provider';
import type { Task } from './task';
import type { ImageType } from '../images/imageType';

/** The place of an image among those of its input item, from 0. */
export interface ImagePlace {
	readonly imageIndex: number;
	readonly imageCount: number;
}

/** The latest time that JavaScript can tell, in milliseconds since 1970. */
const maxTime = 8.64e15;

function toIsoTime(time: number): string | null {
	return Math.abs(time) <= maxTime ? new Date(time).toISOString() : null;
}

/**
 * What is known of a finished image before its file is there: all fields of its `json`. The bytes of an
 * inline image are never in `json`.
 * @param now milliseconds since 1970
 */
export function knownJson(
	task: Task,
	{ seed, prompt }: SucceededTask,
	{ url, width, height, nsfw, expiresInSeconds }: ImageReference,
	{ imageIndex, imageCount }: ImagePlace,
	now: number,
): IDataObject {
	return {
		provider: task.provider,
		model: task.model,
		taskId: task.taskId,
		status: 'succeeded',
		prompt: prompt ?? task.prompt,
		seed: seed ?? task.seed,
		imageIndex,
		imageCount,
		url: url.startsWith('data:') ? null : url,
		width,
		height,
		contentType: null,
		nsfw,
		expiresAt: expiresInSeconds === null ? null : toIsoTime(now + expiresInSeconds * 1000),
		loras: task.loras?.map(({ path, scale }) => ({ path, scale })) ?? null,
		estimatedCostUsd: task.estimatedCostUsd,
		...(task.loraPreset !== undefined && { loraPreset: task.loraPreset }),
	};
}

/** The `json` of an image whose file is there: type and size are as its own bytes say. */
export function imageJson(known: IDataObject, type: ImageType): IDataObject {
	return {
		...known,
		width: type.width ?? known.width,
		height: type.height ?? known.height,
		contentType: type.mimeType,
	};
}
