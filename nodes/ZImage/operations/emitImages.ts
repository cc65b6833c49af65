import type { IExecuteFunctions } from 'n8n-workflow';

import type { Client } from '../http/client';
import { imageFileName } from '../output/fileName';
import { imageJson, urlOf } from '../output/items';
import { storeImage } from '../output/storeImage';
import type { SucceededTask } from '../providers/provider';
import type { TaskLimits } from '../tasks/run';
import type { Task } from '../tasks/task';
import { taskJson } from '../tasks/task';
import type { OutputOptions } from './outputOptions';
import type { OutputItem } from './runner';

/** The place of a task among those of its input item. */
export interface TaskPlace {
	/** From 0. */
	readonly taskIndex: number;
	readonly taskCount: number;
}

export const onlyTask: TaskPlace = { taskIndex: 0, taskCount: 1 };

/**
 * Fetches the images of a finished task: one output item per image, its file in n8n's binary store.
 * @throws Failure that hands out the task when a file cannot be had
 */
export async function emitImages(
	context: IExecuteFunctions,
	client: Client,
	task: Task,
	result: SucceededTask,
	{ taskIndex, taskCount }: TaskPlace,
	{ binaryPropertyName, fileName }: OutputOptions,
	limits: TaskLimits,
): Promise<OutputItem[]> {
	const imageCount = taskCount > 1 ? taskCount : result.images.length;
	return await Promise.all(
		result.images.map(async (image, index) => {
			const place = { imageIndex: taskIndex + index, imageCount };
			const { binary, type } = await storeImage(context, client, image.url, {
				...limits,
				task: { ...taskJson(task), url: urlOf(image) },
				fileNameFor: (extension) =>
					imageFileName({ fileName, taskId: task.taskId, url: image.url, ...place, extension }),
			});
			const json = imageJson(task, result, image, place, type, client.clock.now());
			return { json, binary: { [binaryPropertyName]: binary } };
		}),
	);
}
