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

/** A short name for an image without a task ID: the same image gives the same name. */
function digest(image: ImageSource): string {
	const text =
		'url' in image ? image.url : 'inline' in image ? image.inline : JSON.stringify(image.call);
	return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

interface FileNameParts {
	/** What the user asked for; an extension in it is replaced with the actual one. */
	readonly fileName: string | undefined;
	readonly taskId: string | null;
	readonly image: ImageSource;
	/** From 0. */
	readonly imageIndex: number;
	readonly imageCount: number;
	readonly extension: string;
}

/** `z-image-<taskId>-<index>.<extension>`, or the user's name, numbered if there are several images. */
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
