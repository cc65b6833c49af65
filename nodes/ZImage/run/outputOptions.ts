import type { IDataObject } from 'n8n-workflow';

import { Failure } from '../errors/failure';
import type { Clock } from '../http/clock';
import type { TaskLimits } from '../tasks/task';
import { toBounded, isEmpty, toBoundedInteger, toFlag, toName } from '../values';

/** What the nodes that emit images or LoRAs have in common. */
export interface OutputOptions {
	readonly binaryPropertyName: string;
	readonly fileName: string | undefined;
	readonly timeoutSeconds: number;
	/** Whether the weights of a LoRA become a file. */
	readonly downloadsWeights: boolean;
}

/** How long to wait for images, and for a training, in seconds. */
export const defaultTimeouts = { images: 300, training: 3600 } as const;

/**
 * Reads the options about waiting and files.
 * @param timeoutSeconds the default timeout
 * @throws Failure when one is out of bounds
 */
export function readOutputOptions(
	options: IDataObject,
	timeoutSeconds: number = defaultTimeouts.images,
): OutputOptions {
	return {
		binaryPropertyName: toName(options.binaryPropertyName, 'Put Output File in Field') ?? 'data',
		fileName: toName(options.fileName, 'File Name'),
		timeoutSeconds: toBounded(options.timeoutSeconds, 'Timeout (Seconds)', {
			min: 1,
			max: 86_400,
			fallback: timeoutSeconds,
		}),
		downloadsWeights: toFlag(options.downloadWeights, 'Download Weights', false),
	};
}

/** The maximum number of tasks at once. */
export function readMaxConcurrency(options: IDataObject): number {
	return toBoundedInteger(options.maxConcurrency, 'Max Concurrency', {
		min: 1,
		max: 100,
		fallback: 10,
	});
}

/**
 * The cost limit of the execution in US dollars; `undefined` for no limit, if the option isn't set.
 * @throws Failure when it's empty or out of bounds
 */
export function readMaxCost(options: IDataObject): number | undefined {
	if (!('maxCostUsd' in options)) return undefined;
	const field = 'Max Cost (USD)';
	if (isEmpty(options.maxCostUsd)) {
		throw new Failure(`${field} is empty`, {
			description:
				'Nothing was sent. Check its expression, or remove the option to run without a limit.',
		});
	}
	return toBounded(options.maxCostUsd, field, { min: 0, max: 1_000_000, fallback: 0 });
}

/** The limits of a task that starts now. */
export function limitsOf(
	{ timeoutSeconds }: OutputOptions,
	clock: Clock,
	{ signal, lookForStop }: Pick<TaskLimits, 'lookForStop' | 'signal'>,
): TaskLimits {
	const deadline = clock.now() + timeoutSeconds * 1000;
	return { timeoutSeconds, deadline, signal, ...(lookForStop && { lookForStop }) };
}
