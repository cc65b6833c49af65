import { handingOut } from '../errors/failure';
import type { FileHost } from '../host';
import type { Client } from '../http/client';
import { imageFileName } from '../images/fileName';
import { storeImage } from '../images/storeImage';
import type { ImageReference, SucceededTask } from '../providers/provider';
import type { Task, TaskLimits } from '../tasks/task';
import { imageJson, knownJson } from '../tasks/taskItem';
import type { OutputOptions } from './outputOptions';
import type { Output } from './runItems';

/** The place of a task among those of its input item. */
export interface TaskPlace {
	/** From 0. */
	readonly taskIndex: number;
	readonly taskCount: number;
}

export const onlyTask: TaskPlace = { taskIndex: 0, taskCount: 1 };

/**
 * Fetches the images of a finished task: one output item per image, its file in n8n's binary store. Where
 * a file cannot be had, the failure stands in its place, with the task and the image's URL.
 */
export async function emitImages(
	host: FileHost,
	client: Client,
	task: Task,
	result: SucceededTask,
	{ taskIndex, taskCount }: TaskPlace,
	{ binaryPropertyName, fileName }: OutputOptions,
	limits: TaskLimits,
): Promise<Output[]> {
	const imageCount = taskCount > 1 ? taskCount : result.images.length;
	const emitImage = async (image: ImageReference, index: number): Promise<Output> => {
		const place = { imageIndex: taskIndex + index, imageCount };
		const known = knownJson(task, result, image, place, client.clock.now());
		try {
			const { binary, type } = await storeImage(host, client, image, {
				...limits,
				task: known,
				fileNameFor: (extension) =>
					imageFileName({ fileName, taskId: task.taskId, image, ...place, extension }),
			});
			return { json: imageJson(known, type), binary: { [binaryPropertyName]: binary } };
		} catch (error) {
			return { failure: handingOut(error, known) };
		}
	};
	return await Promise.all(result.images.map(emitImage));
}
