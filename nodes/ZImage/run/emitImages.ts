import type { IDataObject } from 'n8n-workflow';

import { Failure, handingOut } from '../errors/failure';
import type { FileHost } from '../host';
import type { Client } from '../http/client';
import { imageFileName } from '../images/fileName';
import type { StoredImage } from '../images/storeImage';
import { storeImage } from '../images/storeImage';
import type { ImageReference } from '../providers/provider';
import type { FinishedImage, FinishedTask, SubmittedTask, Task, TaskLimits } from '../tasks/task';
import { imageJson, knownJson } from '../tasks/taskItem';
import type { OutputOptions } from './outputOptions';
import type { Output } from './runItems';

/** The place of a task among those of its input item. */
export interface TaskPlace {
	/** From 0. */
	readonly taskIndex: number;
	readonly taskCount: number;
	/** How many earlier tasks of the run would give their files the same name. Default: 0. */
	readonly twin?: number;
}

export const onlyTask: TaskPlace = { taskIndex: 0, taskCount: 1 };

/** A finished task and how to return its images. */
interface Finished {
	readonly task: Task;
	readonly result: FinishedTask;
	readonly place: TaskPlace;
	readonly output: OutputOptions;
	readonly limits: TaskLimits;
}

function placeOf({ place, result }: Finished, index: number) {
	const { taskIndex, taskCount } = place;
	const imageCount = taskCount > 1 ? taskCount : result.images.length;
	return { imageIndex: taskIndex + index, imageCount };
}

function knownOf({ clock }: Client, finished: Finished, image: FinishedImage, index: number) {
	const { task, result } = finished;
	return knownJson(task, result, image, placeOf(finished, index), clock.now());
}

async function store(
	host: FileHost,
	client: Client,
	finished: Finished,
	image: ImageReference,
	index: number,
): Promise<StoredImage> {
	const { task, result, place, output, limits } = finished;
	const { fileName } = output;
	return await storeImage(host, client, image, {
		...limits,
		task: knownOf(client, finished, image, index),
		fileNameFor: (extension) =>
			imageFileName({
				fileName,
				// The user's own prompt, even if the provider has expanded it.
				prompt: task.prompt ?? result.prompt,
				seed: result.seed ?? task.seed,
				taskId: task.taskId,
				...(place.twin !== undefined && { twin: place.twin }),
				image,
				...placeOf(finished, index),
				taskImageIndex: index,
				taskImageCount: result.images.length,
				extension,
			}),
	});
}

/** The file of an image: downloaded now, or already in n8n's storage. */
async function fileOf(
	host: FileHost,
	client: Client,
	finished: Finished,
	image: FinishedImage,
	index: number,
): Promise<StoredImage> {
	if ('stored' in image) return image.stored;
	if ('lost' in image) {
		throw new Failure(image.lost, {
			kind: 'unavailable',
			description:
				'The image was generated and charged, but the provider sends it only once and n8n could not store it. Execute Workflow generates it again, and you pay again.',
		});
	}
	return await store(host, client, finished, image, index);
}

/**
 * Downloads the images of a finished task: one output item per image, with its file in n8n's binary storage. If
 * a file isn't available, a failure takes its place, with the task and the image URL.
 */
export async function emitImages(
	host: FileHost,
	client: Client,
	task: Task,
	result: FinishedTask,
	place: TaskPlace,
	output: OutputOptions,
	limits: TaskLimits,
): Promise<Output[]> {
	const finished = { task, result, place, output, limits };
	const emitImage = async (image: FinishedImage, index: number): Promise<Output> => {
		const known: IDataObject = knownOf(client, finished, image, index);
		try {
			const { binary, type } = await fileOf(host, client, finished, image, index);
			return { json: imageJson(known, type), binary: { [output.binaryPropertyName]: binary } };
		} catch (error) {
			return { failure: handingOut(error, known) };
		}
	};
	return await Promise.all(result.images.map(emitImage));
}

/**
 * Stores images from the response to a submit in n8n's binary storage, so that the ledger can keep the task:
 * the bytes come only once, and are too large for the execution's own data. Neither a stop nor the failure of
 * another item ends this, because the images are charged.
 */
export async function storeInlineImages(
	host: FileHost,
	client: Client,
	{ task, state }: SubmittedTask,
	place: TaskPlace,
	output: OutputOptions,
	limits: TaskLimits,
): Promise<SubmittedTask> {
	if (state.status === 'pending') return { task, state };
	const neverAborts = new AbortController().signal;
	const finished = {
		task,
		result: state,
		place,
		output,
		limits: { ...limits, signal: neverAborts },
	};
	const storeInline = async (image: FinishedImage, index: number): Promise<FinishedImage> => {
		if (!('inline' in image)) return image;
		const { width, height, nsfw, expiresInSeconds } = image;
		const facts = { width, height, nsfw, expiresInSeconds };
		try {
			return { ...facts, stored: await store(host, client, finished, image, index) };
		} catch (error) {
			return { ...facts, lost: error instanceof Error ? error.message : String(error) };
		}
	};
	return { task, state: { ...state, images: await Promise.all(state.images.map(storeInline)) } };
}
