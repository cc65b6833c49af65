import { jsonAnswer, type Answer } from '../../answer';
import type { Context } from '../../context';
import type { LinkedFile } from '../../files/linkedFile';
import type { HostName } from '../../hosts';
import { noInputs } from '../../inputs/inputs';
import type { Steering } from '../../steering';
import { progressLines } from '../../training/progress';
import {
	MOST_ARCHIVE_BYTES,
	readTrainingSet,
	type TrainingProblem,
} from '../../training/readTrainingSet';
import type { TrainingSet } from '../../training/trainingSet';
import { writeWeights } from '../../training/weights';
import type { FalEndpoint, FalJob } from './endpoint';
import { falDetail, falModelError } from './errors';
import type { FalTraining, FalTrainingSchema } from './trainingFields';
import { validateBody, type CheckedFal } from './validation';

/** GUESS: for a LoRA of fal's trainers. The request has no field for it. */
const RANK = 16;
/** GUESS: how long a step takes. */
const STEP_SECONDS = 0.5;

/** Starts a request for a training. */
export function startTraining(
	context: Context,
	host: HostName,
	endpoint: FalEndpoint,
	schema: FalTrainingSchema,
	body: unknown,
): FalJob {
	return new FalTrainingJob(context, host, endpoint, validateBody(schema, body));
}

class FalTrainingJob implements FalJob {
	readonly inputs = noInputs();
	readonly seconds: number;
	private readonly set: Promise<TrainingSet | TrainingProblem | undefined>;
	/** Created once, so that every result shows the same. */
	private answer?: Answer;

	constructor(
		private readonly context: Context,
		host: HostName,
		readonly endpoint: FalEndpoint,
		readonly checked: CheckedFal<FalTraining>,
	) {
		this.seconds = context.trainingSeconds;
		this.set =
			'input' in checked
				? readTrainingSet(context, host, checked.input.image_data_url)
				: Promise.resolve(undefined);
	}

	get shownInput(): object {
		return 'input' in this.checked ? this.checked.input : {};
	}

	inferenceSeconds(): number | undefined {
		return 'input' in this.checked ? this.checked.input.steps * STEP_SECONDS : undefined;
	}

	billableUnits(): number {
		return 'input' in this.checked ? this.checked.input.steps : 0;
	}

	logs(part: number): readonly string[] {
		return 'input' in this.checked ? progressLines(this.checked.input.steps, part) : [];
	}

	/**
	 * GUESS: that an error in the zip appears as a 422, and its form. Neither documentation nor users describe
	 * it.
	 */
	async output(taskId: string, steering: Steering): Promise<Answer> {
		if ('error' in this.checked) return this.checked.error;
		const { input } = this.checked;
		const set = steering.isBadArchive ? 'archive' : await this.set;
		if (typeof set !== 'object') return refuse(input, ...PROBLEMS[set ?? 'archive']);
		const { images } = set;
		const { leastImages = 1 } = steering;
		if (images.length < leastImages) {
			const words = `At least ${leastImages} images are required, but the archive has ${images.length}`;
			return refuse(input, 'value_error', words);
		}
		const bare = images.filter(({ caption }) => caption === undefined).map(({ name }) => name);
		if (bare.length > 0 && !input.default_caption) {
			const words = `No caption for ${bare.join(', ')}, and no default_caption was given`;
			return refuse(input, 'value_error', words);
		}
		return (this.answer ??= this.trained(input, set, taskId, steering));
	}

	/** [oas: every field is required] The names, and what is null, match real responses of fal's trainers. */
	private trained(
		input: FalTraining,
		{ images, palette }: TrainingSet,
		taskId: string,
		steering: Steering,
	): Answer {
		const style = { palette, images: images.length };
		const weights: LinkedFile = {
			contentType: 'application/octet-stream',
			bytes: writeWeights(style, RANK, { steps: String(input.steps), base: this.endpoint.id }),
		};
		const config: LinkedFile = {
			contentType: 'application/octet-stream',
			bytes: Buffer.from(JSON.stringify({ ...input, image_data_url: undefined }, null, 2)),
		};
		const link = (name: string, file: LinkedFile) =>
			this.context.files.fileLink('/files/b', `_${name}`, file, taskId, steering);
		return jsonAnswer(200, {
			diffusers_lora_file: {
				url: link('pytorch_lora_weights.safetensors', weights),
				content_type: null,
				file_name: null,
				file_size: null,
			},
			config_file: {
				url: link('config.json', config),
				content_type: config.contentType,
				file_name: 'config.json',
				file_size: config.bytes.length,
			},
		});
	}
}

const PROBLEMS: Record<TrainingProblem, readonly [type: string, words: string]> = {
	'data-url': ['file_download_error', 'Unsupported data URL'],
	download: [
		'file_download_error',
		'Failed to download the file. Please check if the URL is accessible and try again.',
	],
	'too-large': [
		'file_too_large',
		`File size exceeds the maximum allowed size of ${MOST_ARCHIVE_BYTES} bytes. Please upload a smaller file.`,
	],
	archive: [
		'unsupported_archive_format',
		'Unsupported archive format. Please upload a valid zip file.',
	],
	image: [
		'image_load_error',
		'Failed to load the image. Please ensure the image file is not corrupted and is in a supported format.',
	],
	empty: ['value_error', 'No images found in the archive'],
};

const refuse = ({ image_data_url }: FalTraining, type: string, words: string): Answer =>
	falModelError(422, [
		falDetail(type, words, ['body', 'image_data_url'], { input: image_data_url }),
	]);
