import { createHash } from 'crypto';

import type { ImageSource } from '../providers/provider';

/** The longest name that common file systems take is 255 bytes; this leaves room for what others add. */
const maxBytes = 200;

function shorten(name: string): string {
	let bytes = 0;
	return [...name]
		.filter((character) => (bytes += Buffer.byteLength(character)) <= maxBytes)
		.join('');
}

/** Of a longer name nothing beyond is looked at: bringing a text into its normal form can take long. */
const maxReadLength = 1000;

/**
 * Names of devices on Windows, with any ending.
 * Source: https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file
 */
const device = /^(con|prn|aux|nul|(?:com|lpt)[\d¹²³])(?= *(?:\.|$))/i;

/** Marks belong to the letter before them, as in Hindi, Thai or Arabic; those of an emoji have lost theirs. */
const looseMarks = /\p{Variation_Selector}|(?<![\p{L}\p{M}\p{N}])\p{M}+/gu;

/** Characters that no common file system refuses and no shell or URL takes amiss. */
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

/** A short name for an image whose provider names no task: the same image gives the same name. */
function digest(image: ImageSource): string {
	const text =
		'url' in image ? image.url : 'inline' in image ? image.inline : JSON.stringify(image.call);
	return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

interface FileNameParts {
	/** What the user asked for; an extension in it is replaced by the true one. */
	readonly fileName: string | undefined;
	readonly taskId: string | null;
	readonly image: ImageSource;
	/** From 0. */
	readonly imageIndex: number;
	readonly imageCount: number;
	readonly extension: string;
}

/** The name of the file of a LoRA's weights: the user's, or that of its task. */
export function weightsFileName(fileName: string | undefined, taskId: string | null): string {
	const wanted = safe((fileName ?? '').trim().replace(/\.safetensors$/i, ''));
	return `${wanted || `z-image-lora-${safe(taskId ?? '')}`}.safetensors`;
}

/** `z-image-<taskId>-<index>.<extension>`, or the user's name, numbered where there are several images. */
export function imageFileName({
	fileName,
	taskId,
	image,
	imageIndex,
	imageCount,
	extension,
}: FileNameParts): string {
	const wanted = safe((fileName ?? '').trim().replace(/\.(png|jpe?g|webp)$/i, ''));
	if (wanted === '') {
		return `z-image-${safe(taskId ?? digest(image))}-${imageIndex}.${extension}`;
	}
	return imageCount > 1 ? `${wanted}-${imageIndex}.${extension}` : `${wanted}.${extension}`;
}
