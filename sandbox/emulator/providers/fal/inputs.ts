import type { Answer } from '../../answer';
import type { Context } from '../../context';
import type { HostName } from '../../hosts';
import { startReading, type InputProblem, type Inputs } from '../../inputs/inputs';
import { MOST_INPUT_BYTES } from '../../inputs/readUrl';
import { falDetail, falModelError } from './errors';
import type { FalInput } from './schemas';
import type { CheckedFal } from './validation';

/** Starts to read the images and LoRAs of a job. An invalid body has none. */
export function readFalInputs(
	context: Context,
	host: HostName,
	checked: CheckedFal<FalInput>,
): Inputs {
	const {
		image_url,
		mask_image_url,
		loras = [],
	}: Partial<FalInput> = 'input' in checked ? checked.input : {};
	const image = { field: 'image_url', url: image_url };
	const mask = { field: 'mask_image_url', url: mask_image_url };
	return startReading(context, host, { image, mask }, loras);
}

/** Without the URLs of the images, because a data URI can be long and tasks are kept. */
export const withoutUrls = (checked: CheckedFal<FalInput>): CheckedFal<FalInput> =>
	'input' in checked
		? { input: { ...checked.input, image_url: undefined, mask_image_url: undefined } }
		: checked;

/** [fal toolkit exceptions; fal docs: model-apis/errors] GUESS: the type and the message for a data URI. */
const PROBLEMS: Record<InputProblem['kind'], readonly [type: string, words: string]> = {
	'data-url': ['file_download_error', 'Unsupported data URL'],
	download: [
		'file_download_error',
		'Failed to download the file. Please check if the URL is accessible and try again.',
	],
	'too-large': [
		'file_too_large',
		`File size exceeds the maximum allowed size of ${MOST_INPUT_BYTES} bytes. Please upload a smaller file.`,
	],
	image: [
		'image_load_error',
		'Failed to load the image. Please ensure the image file is not corrupted and is in a supported format.',
	],
};

/** The location of a field in the body. The numbers in its path are list indexes. */
const locOf = (field: string) => [
	'body',
	...field.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part)),
];

/** The result of a job whose image or LoRA isn't available. GUESS: that a LoRA fails like an image. */
export function falInputProblem({ kind, field, url }: InputProblem): Answer {
	const [type, words] = PROBLEMS[kind];
	const ctx = kind === 'too-large' ? { ctx: { max_size: MOST_INPUT_BYTES } } : {};
	return falModelError(422, [falDetail(type, words, locOf(field), { ...ctx, input: url })]);
}
