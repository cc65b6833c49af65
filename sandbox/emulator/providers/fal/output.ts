import { jsonAnswer, type Answer } from '../../answer';
import type { Context } from '../../context';
import type { Steering } from '../../steering';
import { falDetail, falModelError, falModelText, falModerated, falRequestError } from './errors';
import type { Inputs } from '../../inputs/inputs';
import type { LoadedLoras } from '../../inputs/uploadedLora';
import { falInputProblem, falLoraProblem } from './inputs';
import { falPictures, falSize, type FalEndpoint, type FalInput } from './models';
import type { CheckedFal } from './validation';

/** A request as the model sees it, whether it came through the queue or directly. */
export interface FalJob {
	readonly endpoint: FalEndpoint;
	readonly checked: CheckedFal;
	readonly inputs: Inputs;
	readonly loras: LoadedLoras;
	/** The seed that is used when the request names none. */
	readonly randomSeed: number;
	/** Made once, so that every result shows the same. */
	links?: readonly string[];
}

export interface FalFailure {
	/** What the result answers. */
	readonly answer: Answer;
	/** What the status says on COMPLETED. [fal_client Completed.error, error_type] */
	readonly error?: string;
	readonly errorType?: string;
}

/** Whether and how a job fails, once it has run. */
export function falFailure({ checked }: FalJob, steering: Steering): FalFailure | undefined {
	if ('error' in checked) return { answer: checked.error };
	const { prompt } = checked.input;
	if (steering.moderate) return { answer: falModerated(prompt, steering.moderate.categories) };
	if (steering.fail === undefined) return undefined;
	const { reason } = steering.fail;
	const detail = (type: string) => [falDetail(type, reason, ['body'], { input: { prompt } })];
	const requestError = (status: number, errorType: string): FalFailure => {
		return { answer: falRequestError(status, reason, errorType), error: reason, errorType };
	};
	switch (steering.failAs) {
		case 'error':
			return requestError(500, 'internal_error');
		case 'runner':
			return requestError(503, 'runner_disconnected');
		case '422':
			return { answer: falModelError(422, detail('no_media_generated')) };
		case '500':
		case 'out-of-memory':
		case 'interrupted':
			return { answer: falModelError(500, detail('internal_server_error'), true) };
		case 'text-400':
		case 'text-422':
		case 'text-499':
		case 'text-500':
			return { answer: falModelText(Number(steering.failAs.slice('text-'.length)), reason) };
		case '504':
			return { answer: falModelError(504, detail('generation_timeout'), true) };
		case 'detail-200':
			return { answer: jsonAnswer(200, { detail: detail('internal_server_error') }) };
	}
}

/** The output of a job that did not fail. [SEED 004, output schema] */
export async function falOutput(
	context: Context,
	job: FalJob,
	taskId: string,
	steering: Steering,
): Promise<Answer> {
	if ('error' in job.checked) return job.checked.error;
	const { input } = job.checked;
	const problem = await job.inputs.ready;
	if (problem !== undefined) return falInputProblem(problem);
	if ('unreadable' in job.loras) return falLoraProblem(job.loras.unreadable);
	const { loras } = job.loras;
	const seed = input.seed ?? job.randomSeed;
	const drawn = { ...input, loras: [...loras] };
	const pictures = falPictures(job.endpoint, drawn, job.inputs, seed, steering.nsfw);
	if (!input.sync_mode) {
		job.links ??= pictures.map((picture) =>
			context.files.publicLink('/files/b', picture, taskId, steering),
		);
	}
	const images = await Promise.all(
		pictures.map(async (picture, index) => {
			const { contentType, bytes } = await context.imageFile(picture);
			const link = job.links?.[index];
			const url = link ?? `data:${contentType};base64,${bytes.toString('base64')}`;
			return {
				url,
				content_type: contentType,
				file_name: link?.split('/').at(-1) ?? null,
				file_size: bytes.length,
				width: picture.width,
				height: picture.height,
			};
		}),
	);
	return jsonAnswer(
		200,
		{
			images,
			timings: { inference: inferenceSeconds(input, job.inputs) },
			seed,
			has_nsfw_concepts: pictures.map(() => steering.nsfw && input.enable_safety_checker),
			prompt: input.prompt,
		},
		// GUESS: the unit is the megapixel (the price is per megapixel); rounding is not documented.
		{ 'x-fal-billable-units': String(Math.ceil(megapixels(input, job.inputs)) * input.num_images) },
	);
}

const megapixels = (input: FalInput, inputs: Inputs): number => {
	const { width, height } = falSize(input, inputs);
	return (width * height) / 1e6;
};

/** A plausible time, the same for the same request. */
export function inferenceSeconds(input: FalInput, inputs: Inputs): number {
	const { num_inference_steps, num_images } = input;
	return Number((0.08 * num_inference_steps * num_images * megapixels(input, inputs)).toFixed(4));
}
