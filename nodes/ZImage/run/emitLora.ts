import { storeWeights } from '../files/storeWeights';
import type { FileHost } from '../host';
import { handingOut } from '../errors/failure';
import type { Client } from '../http/client';
import { weightsFileName } from '../images/fileName';
import type { TrainedLora } from '../providers/provider';
import type { FinishedTask, Task, TaskLimits } from '../tasks/task';
import { trainerOf } from '../tasks/calls';
import { loraJson } from '../tasks/taskItem';
import type { TaskPlace } from './emitImages';
import { emitImages } from './emitImages';
import type { OutputOptions } from './outputOptions';
import type { Output } from './runItems';

/** Emits a trained LoRA: one item, with its weights as a file if the user wants them. */
async function emitLora(
	host: FileHost,
	client: Client,
	task: Task,
	lora: TrainedLora,
	output: OutputOptions,
	limits: TaskLimits,
): Promise<Output[]> {
	const { provider, clock } = client;
	const baseModel = trainerOf(provider, task)?.model ?? null;
	const json = loraJson(task, lora, baseModel, clock.now());
	if (!output.downloadsWeights) return [{ json }];
	const fileName = weightsFileName(output.fileName, task.taskId);
	try {
		const weights = await storeWeights(host, client, lora.url, { ...limits, fileName, task: json });
		return [{ json, binary: { [output.binaryPropertyName]: weights } }];
	} catch (error) {
		return [{ failure: handingOut(error, json) }];
	}
}

/**
 * Emits the results of a finished task: one item per image, or one with the LoRA. If a file isn't available,
 * the failure takes its place, with the task and the file's URL.
 * @param place of the task among those of its item
 */
export async function emitResult(
	host: FileHost,
	client: Client,
	task: Task,
	result: FinishedTask,
	place: TaskPlace,
	output: OutputOptions,
	limits: TaskLimits,
): Promise<Output[]> {
	return result.lora
		? await emitLora(host, client, task, result.lora, output, limits)
		: await emitImages(host, client, task, result, place, output, limits);
}
