import type { z } from 'zod';
import type { Context } from '../../context';
import type { Inputs } from '../../inputs/inputs';
import type { Steering } from '../../steering';

/** Why a task failed. The codes: [WaveSpeed docs: error-codes] */
export interface WaveSpeedFailure {
	readonly code: 1200 | 1400 | 1401 | 1402 | 1405;
	readonly error: string;
}

/** An image model, or a trainer. */
export interface WaveSpeedModel {
	readonly id: string;
	/** The names of its fields, and whether each is required. */
	readonly fields: ReadonlyArray<{ readonly name: string; readonly isRequired: boolean }>;
	/** In dollars, for a request's fields. */
	priceOf(inputs: unknown): number;
	/**
	 * Reads a request. Its errors show in its task, because no page describes a refusal. GUESS: that none is
	 * refused at once.
	 */
	start(context: Context, body: object): WaveSpeedJob;
}

/** A task's work. */
export interface WaveSpeedJob {
	readonly model: WaveSpeedModel;
	readonly inputs: Inputs;
	/** How long it takes unless the prompt says otherwise. */
	readonly seconds: number;
	/** Whether the submit waits for the end. */
	readonly isSync: boolean;
	/** Whether it was deleted after its end. */
	isDeleted?: boolean;
	/** The error of the request itself. */
	readonly badRequest: WaveSpeedFailure | undefined;
	/** The error of the files that it names. */
	badFile(steering: Steering): Promise<WaveSpeedFailure | undefined>;
	/** Links, or base64. */
	outputs(taskId: string, steering: Steering): Promise<string[]>;
}

/** "Outputs are kept 7 days, then deleted." [WaveSpeed docs] */
export const LINK_SECONDS = 7 * 24 * 3600;

/** Whether and how a job fails. */
export async function failureOf(
	job: WaveSpeedJob,
	steering: Steering,
): Promise<WaveSpeedFailure | undefined> {
	if (job.badRequest !== undefined) return job.badRequest;
	if (steering.moderate) {
		return { code: 1200, error: 'The content contains sensitive information.' };
	}
	if (steering.fail !== undefined) return { code: 1405, error: steering.fail.reason };
	return await job.badFile(steering);
}

/** The first error in a request: a missing field or an invalid value. GUESS: the message. */
export function problemOf({ issues: [issue] }: z.ZodError): WaveSpeedFailure {
	const field = issue?.path.join('.') ?? '';
	return issue?.code === 'invalid_type' && issue.received === 'undefined'
		? { code: 1400, error: `A required parameter is missing: ${field}` }
		: { code: 1401, error: `The parameter value is invalid: ${field}: ${issue?.message ?? ''}` };
}

/** A schema's fields, as in the list of models. */
export const fieldsOf = (shape: z.ZodRawShape): WaveSpeedModel['fields'] =>
	Object.entries(shape).map(([name, type]) => ({ name, isRequired: !type.isOptional() }));
