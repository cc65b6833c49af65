import type { Context } from '../../context';
import type { InputProblem, Inputs } from '../../inputs/inputs';
import { inputNotes } from '../../picture/notes';
import type { Picture } from '../../picture/picture';
import type { Phase, Task } from '../../tasks';
import { LINK_SECONDS } from '../../files/fileStore';
import type { V3Brand } from './brand';
import { readSize, type V3Input } from './schemas';

export interface V3Job {
	readonly model: string;
	readonly input: V3Input;
	readonly inputs: Inputs;
	readonly seed: number;
	/** Link and times are created once, so that every task-result shows the same. */
	link?: string;
	startedAt?: number;
	completedAt?: number;
}

const STATES: Record<Phase, string> = {
	queued: 'TASK_STATUS_QUEUED',
	running: 'TASK_STATUS_PROCESSING',
	done: 'TASK_STATUS_SUCCEED',
};

/** GUESS: all of it. The documentation doesn't say how a task fails because of an unavailable image. */
const INPUT_PROBLEMS: Record<InputProblem['kind'], string> = {
	'data-url': 'is not a supported data URL',
	download: 'could not be downloaded',
	'too-large': 'is too large',
	image: 'is not an image',
};

function pictureOf(brand: V3Brand, { model, input, inputs, seed }: V3Job): Picture {
	// GUESS: the default strength.
	const strength = input.strength ?? (inputs.mask === null ? 0.6 : 1);
	return {
		provider: brand.label,
		model,
		prompt: input.prompt,
		seed,
		...readSize(input.size),
		// GUESS: Novita documents no format. Its sister Highway API documents webp as the default.
		format: input.output_format ?? 'webp',
		loras: input.loras ?? [],
		index: 0,
		black: false,
		...(inputs.image === null
			? {}
			: {
					source: inputs.image.sha256,
					strength,
					notes: [...inputNotes(inputs), `strength ${strength}`],
				}),
		...(inputs.mask === null ? {} : { mask: inputs.mask.sha256 }),
	};
}

/** [Novita docs: model-apis-task-result; the same on Highway API] A failed task also responds with 200. */
export async function taskResult(
	context: Context,
	brand: V3Brand,
	task: Task<V3Job>,
	phase: Phase,
): Promise<object> {
	const { steering, data, submittedAt } = task;
	const isDone = phase === 'done';
	const reason = isDone ? (steering.fail?.reason ?? (await inputFailure(data.inputs))) : undefined;
	const hasFailed = reason !== undefined;
	if (phase !== 'queued') data.startedAt ??= Date.now();
	if (isDone) data.completedAt ??= Date.now();
	return {
		extra: {
			seed: String(data.seed),
			enable_nsfw_detection: steering.nsfw,
			debug_info: {
				request_info: '',
				submit_time_ms: String(submittedAt),
				execute_time_ms: String(data.startedAt ?? ''),
				complete_time_ms: String(data.completedAt ?? ''),
			},
		},
		task: {
			task_id: task.id,
			status: hasFailed ? 'TASK_STATUS_FAILED' : STATES[phase],
			reason: reason ?? '',
			// GUESS: the name of the type. Only its presence is documented.
			task_type: data.model.replaceAll('-', '_').toUpperCase(),
			eta: 0,
			// Changes only for other models. [task-result]
			progress_percent: 0,
		},
		images: isDone && !hasFailed ? [await imageOf(context, brand, task)] : [],
		videos: [],
		audios: [],
	};
}

async function inputFailure({ ready }: Inputs): Promise<string | undefined> {
	const problem = await ready;
	return problem && `${problem.field} ${INPUT_PROBLEMS[problem.kind]}`;
}

async function imageOf(context: Context, brand: V3Brand, task: Task<V3Job>): Promise<object> {
	const { data, steering } = task;
	const picture = pictureOf(brand, data);
	// GUESS: the fields of the result. The documentation shows an object or null.
	const nsfw = steering.nsfw ? { valid: true, confidence: 97.3 } : null;
	if (data.input.enable_base64_output === true) {
		// GUESS: the field of the base64 text, which these pages don't document.
		const { bytes } = await context.imageFile(picture);
		return {
			image_url: bytes.toString('base64'),
			image_url_ttl: 0,
			image_type: picture.format,
			nsfw_detection_result: nsfw,
		};
	}
	data.link ??= context.files.presignedLink(picture, task.id, steering);
	return {
		image_url: data.link,
		image_url_ttl: LINK_SECONDS,
		image_type: picture.format,
		nsfw_detection_result: nsfw,
	};
}
