import type { Context } from '../../context';
import { noInputs } from '../../inputs/inputs';
import type { Steering } from '../../steering';
import { readTrainingSet, type TrainingProblem } from '../../training/readTrainingSet';
import type { TrainingSet } from '../../training/trainingSet';
import { writeWeights } from '../../training/weights';
import {
	LINK_SECONDS,
	problemOf,
	type WaveSpeedFailure,
	type WaveSpeedJob,
	type WaveSpeedModel,
} from './model';
import type { WaveSpeedTraining, WaveSpeedTrainingSchema } from './trainingFields';

/** Reads a request for a training. */
export function startTraining(
	context: Context,
	model: WaveSpeedModel,
	schema: WaveSpeedTrainingSchema,
	body: object,
): WaveSpeedJob {
	const parsed = schema.safeParse(body);
	if (!parsed.success) return new WaveSpeedTrainingJob(context, model, problemOf(parsed.error));
	context.noteIgnored('wavespeed', body, parsed.data);
	return new WaveSpeedTrainingJob(context, model, undefined, parsed.data);
}

class WaveSpeedTrainingJob implements WaveSpeedJob {
	readonly inputs = noInputs();
	readonly seconds: number;
	readonly isSync = false;
	isDeleted?: boolean;
	private readonly set: Promise<TrainingSet | TrainingProblem | undefined>;
	/** Created once, so that every response shows the same. */
	private link?: string;

	constructor(
		private readonly context: Context,
		readonly model: WaveSpeedModel,
		readonly badRequest: WaveSpeedFailure | undefined,
		private readonly input?: WaveSpeedTraining,
	) {
		this.seconds = context.trainingSeconds;
		this.set =
			input === undefined
				? Promise.resolve(undefined)
				: readTrainingSet(context, 'wavespeed', input.data);
	}

	/** Nothing about captions: "empty: no captions". [llms.txt] GUESS: how a zip without images fails. */
	async badFile({
		isBadArchive,
		leastImages = 1,
	}: Steering): Promise<WaveSpeedFailure | undefined> {
		const set = isBadArchive ? 'archive' : await this.set;
		if (typeof set === 'string') {
			const [code, words] = PROBLEMS[set];
			return { code, error: words };
		}
		const count = set?.images.length ?? 0;
		if (count >= leastImages) return undefined;
		const error = `The parameter value is invalid: data: at least ${leastImages} images are required, got ${count}`;
		return { code: 1401, error };
	}

	async outputs(taskId: string, steering: Steering): Promise<string[]> {
		const { input } = this;
		const set = await this.set;
		if (input === undefined || typeof set !== 'object') return [];
		if (this.link === undefined) {
			const { trigger_word, lora_rank, steps } = input;
			const style = { palette: set.palette, images: set.images.length };
			const metadata = { trigger_word, steps: String(steps), base: this.model.id };
			// GUESS: the type.
			const contentType = 'application/octet-stream';
			const weights = { contentType, bytes: writeWeights(style, lora_rank, metadata) };
			const { files } = this.context;
			const args = ['.safetensors', weights, taskId, steering, LINK_SECONDS] as const;
			this.link = files.fileLink('/predictions', ...args);
		}
		return [this.link];
	}
}

/**
 * 1402: "Unable to access the provided media URL." GUESS: that it also applies to a zip, and all other codes.
 */
const PROBLEMS: Record<TrainingProblem, readonly [code: 1401 | 1402, words: string]> = {
	'data-url': [1401, 'The parameter value is invalid: data is not a supported data URL'],
	download: [1402, 'Failed to download the archive from the provided URL.'],
	'too-large': [1401, 'The parameter value is invalid: data is too large'],
	archive: [1401, 'The parameter value is invalid: data is not a zip archive'],
	image: [1401, 'The parameter value is invalid: data has a file that is not an image'],
	empty: [1401, 'The parameter value is invalid: data has no images'],
};
