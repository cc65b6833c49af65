import { createHash } from 'crypto';

import type { ImageSource } from '../providers/provider';

/** Common file systems support names of up to 255 bytes; this leaves room for additions. */
const maxBytes = 200;

function shorten(name: string): string {
	let bytes = 0;
	return [...name]
		.filter((character) => (bytes += Buffer.byteLength(character)) <= maxBytes)
		.join('');
}

/** Longer names are cut first, because Unicode normalization can take long. */
const maxReadLength = 1000;

/**
 * Device names on Windows, with any extension.
 * Source: https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file
 */
const device = /^(con|prn|aux|nul|(?:com|lpt)[\d¹²³])(?= *(?:\.|$))/i;

/** Marks belong to the letter before them, as in Hindi, Thai or Arabic; marks after a removed emoji don't. */
const looseMarks = /\p{Variation_Selector}|(?<![\p{L}\p{M}\p{N}])\p{M}+/gu;

/** Characters that are safe in every common file system, shell and URL. */
function safe(name: string): string {
	const read = name.slice(0, maxReadLength);
	const characters = read
		.normalize('NFC')
		.replace(/[^\p{L}\p{M}\p{N}._ -]+/gu, '-')
		.replace(looseMarks, '');
	return shorten(characters.replace(/^[. -]+/, ''))
		.replace(/(?<![. -])[. -]+$/, '')
		.replace(device, '_$1');
}

/** How many words of a prompt a name starts with at most, and their total length. */
const maxWords = 6;
const maxWordsLength = 48;

/** Latin letters that Unicode doesn't decompose into a plain letter. */
const plainLetters: Readonly<Record<string, string>> = {
	ß: 'ss',
	æ: 'ae',
	œ: 'oe',
	ø: 'o',
	ł: 'l',
	đ: 'd',
	ð: 'd',
	þ: 'th',
	ı: 'i',
};

/**
 * The first words of a prompt in a form that works as a file name anywhere: plain letters and digits. File systems accept
 * other letters, but HTTP headers that name a file (uploads to WordPress, for example) don't: Node.js refuses to send them.
 * @returns `z-image` if the prompt has no such letters, and if there is no prompt
 */
export function slugOf(prompt: string | null): string {
	const text = (prompt ?? '')
		.slice(0, maxReadLength)
		.toLowerCase()
		.replace(/['’]/g, '')
		.replace(/[^\0-\x7f]/gu, (letter) => plainLetters[letter] ?? letter)
		.normalize('NFKD')
		.replace(/\p{M}+/gu, '');
	const slug = (text.match(/[a-z\d]+/g) ?? []).slice(0, maxWords).reduce((words, word) => {
		const longer = words === '' ? word.slice(0, maxWordsLength) : `${words}-${word}`;
		return longer.length > maxWordsLength ? words : longer;
	}, '');
	return slug || 'z-image';
}

function digestOf(text: string): string {
	return createHash('sha256').update(text).digest('hex').slice(0, 10);
}

/** Identifies an image whose seed is unknown: the same image gives the same digest. */
function digestOfImage(image: ImageSource): string {
	return digestOf(
		'url' in image ? image.url : 'inline' in image ? image.inline : JSON.stringify(image.call),
	);
}

interface FileNameParts {
	/** What the user asked for; an extension in it is replaced with the actual one. */
	readonly fileName: string | undefined;
	readonly prompt: string | null;
	readonly seed: number | null;
	readonly taskId: string | null;
	/** How many earlier tasks of the run had the same words and seed. Default: 0. */
	readonly twin?: number;
	readonly image: ImageSource;
	/** Among the images of its input item, from 0. */
	readonly imageIndex: number;
	readonly imageCount: number;
	/** Among the images of its task, from 0. */
	readonly taskImageIndex: number;
	readonly taskImageCount: number;
	readonly extension: string;
}

/** The name of the file of a LoRA's weights: the user's, or that of its task. */
export function weightsFileName(fileName: string | undefined, taskId: string | null): string {
	const wanted = safe((fileName ?? '').trim().replace(/\.safetensors$/i, ''));
	return `${wanted || `z-image-lora-${safe(taskId ?? '')}`}.safetensors`;
}

/**
 * The user's name, numbered if there are several images; otherwise the first words of the prompt and the seed, such as
 * `a-lighthouse-at-dusk-12345.png`. Several images of a task are numbered from 1. Another task with the same words and seed
 * gets `-v2`. An unknown seed is replaced with a digest of the task ID.
 */
export function imageFileName(parts: FileNameParts): string {
	const { fileName, imageIndex, imageCount, extension } = parts;
	const wanted = safe((fileName ?? '').trim().replace(/\.(png|jpe?g|webp)$/i, ''));
	if (wanted !== '') {
		return imageCount > 1 ? `${wanted}-${imageIndex}.${extension}` : `${wanted}.${extension}`;
	}
	const { prompt, seed, taskId, twin = 0, image, taskImageIndex, taskImageCount } = parts;
	const mark =
		seed?.toString().replace(/[^\w-]/g, '') ??
		(taskId === null ? digestOfImage(image) : digestOf(taskId));
	return [
		slugOf(prompt),
		`-${mark}`,
		twin > 0 ? `-v${twin + 1}` : '',
		taskImageCount > 1 ? `-${taskImageIndex + 1}` : '',
		`.${extension}`,
	].join('');
}

/** Counts the tasks of a run whose files would have the same name, in the order of the items, so that a retry counts the same. */
export class NameTwins {
	private readonly counts = new Map<string, number>();

	/**
	 * @param seed as requested; `undefined` for a random one
	 * @returns how many earlier tasks have the same words and seed
	 */
	next(prompt: string | null, seed: number | null | undefined): number {
		// Random seeds differ, and so do tasks without a seed.
		if (seed === null || seed === undefined) return 0;
		const name = `${slugOf(prompt)}-${seed}`;
		const count = this.counts.get(name) ?? 0;
		this.counts.set(name, count + 1);
		return count;
	}
}
