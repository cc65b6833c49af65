import type { IDataObject } from 'n8n-workflow';

import type { ImageReference, SucceededTask } from '../providers/provider';
import type { Task } from '../tasks/task';
import type { ImageType } from './imageType';

/** The place of an image among those of its input item, from 0. */
export interface ImagePlace {
	readonly imageIndex: number;
	readonly imageCount: number;
}

/** What an item says of its image's URL; the bytes of an inline image are never in `json`. */
export function urlOf({ url }: ImageReference): string | null {
	return url.startsWith('data:') ? null : url;
}

/**
 * The `json` of a finished image.
 * @param type as the image's own bytes say; they are right where a provider says otherwise
 * @param now milliseconds since 1970
 */
export function imageJson(
	task: Task,
	{ seed, prompt }: SucceededTask,
	image: ImageReference,
	{ imageIndex, imageCount }: ImagePlace,
	type: ImageType,
	now: number,
): IDataObject {
	const { expiresInSeconds } = image;
	return {
		provider: task.provider,
		model: task.model,
		taskId: task.taskId,
		status: 'succeeded',
		prompt: prompt ?? task.prompt,
		seed: seed ?? task.seed,
		imageIndex,
		imageCount,
		url: urlOf(image),
		width: type.width ?? image.width,
		height: type.height ?? image.height,
		contentType: type.mimeType,
		nsfw: image.nsfw,
		expiresAt:
			expiresInSeconds === null ? null : new Date(now + expiresInSeconds * 1000).toISOString(),
		loras: task.loras?.map(({ path, scale }) => ({ path, scale })) ?? null,
	};
}
