import { jsonAnswer, type Answer } from '../../answer';
import type { Context } from '../../context';
import type { HostName } from '../../hosts';
import { randomSeed } from '../../ids';
import type { Steering } from '../../steering';
import type { FalEndpoint, FalJob } from './endpoint';
import { falInputProblem, readFalInputs, withoutUrls } from './inputs';
import { falPictures, falSize } from './pictures';
import type { FalInput, FalSchema } from './schemas';
import { validateFal, type CheckedFal } from './validation';

/** Starts a request for images. */
export function startImages(
	context: Context,
	host: HostName,
	endpoint: FalEndpoint,
	schema: FalSchema,
	body: unknown,
): FalJob {
	const checked = validateFal(schema, body);
	if ('input' in checked) context.noteIgnored(host, body, checked.input);
	return new FalImageJob(context, host, endpoint, checked);
}

class FalImageJob implements FalJob {
	readonly checked: CheckedFal<FalInput>;
	readonly inputs;
	readonly seconds: number;
	/** The seed if the request names none. */
	private readonly randomSeed = randomSeed();
	/** Created once, so that every result shows the same. */
	private links?: readonly string[];

	constructor(
		private readonly context: Context,
		host: HostName,
		readonly endpoint: FalEndpoint,
		checked: CheckedFal<FalInput>,
	) {
		this.inputs = readFalInputs(context, host, checked);
		this.checked = withoutUrls(checked);
		this.seconds = context.taskSeconds;
	}

	get shownInput(): object {
		return 'input' in this.checked ? { prompt: this.checked.input.prompt } : {};
	}

	inferenceSeconds(): number | undefined {
		if ('error' in this.checked) return undefined;
		const { num_inference_steps, num_images } = this.checked.input;
		const seconds = 0.08 * num_inference_steps * num_images * this.megapixels(this.checked.input);
		return Number(seconds.toFixed(4));
	}

	/** GUESS: the unit is the megapixel (the price is per megapixel). Rounding isn't documented. */
	billableUnits(): number {
		if ('error' in this.checked) return 0;
		return Math.ceil(this.megapixels(this.checked.input)) * this.checked.input.num_images;
	}

	logs(part: number): readonly string[] {
		return ['Loading the model', 'Generating', ...(part === 1 ? ['Finished'] : [])];
	}

	/** [SEED 004, output schema] */
	async output(taskId: string, steering: Steering): Promise<Answer> {
		const { context, checked, inputs } = this;
		if ('error' in checked) return checked.error;
		const { input } = checked;
		const problem = await inputs.ready;
		if (problem !== undefined) return falInputProblem(problem);
		const seed = input.seed ?? this.randomSeed;
		const pictures = falPictures(this.endpoint.id, input, inputs, seed, steering.nsfw);
		if (!input.sync_mode) {
			this.links ??= pictures.map((picture) =>
				context.files.publicLink('/files/b', picture, taskId, steering),
			);
		}
		const images = await Promise.all(
			pictures.map(async (picture, index) => {
				const { contentType, bytes } = await context.imageFile(picture);
				const link = this.links?.[index];
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
		return jsonAnswer(200, {
			images,
			timings: { inference: this.inferenceSeconds() },
			seed,
			has_nsfw_concepts: pictures.map(() => steering.nsfw && input.enable_safety_checker),
			prompt: input.prompt,
		});
	}

	private megapixels(input: FalInput): number {
		const { width, height } = falSize(input, this.inputs);
		return (width * height) / 1e6;
	}
}
