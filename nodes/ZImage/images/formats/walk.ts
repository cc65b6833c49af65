/** What a walk through a file needs next. */
export type Step =
	/** The next bytes. */
	| { readonly take: number }
	/** To get past some bytes, however many. */
	| { readonly skip: number }
	/** The byte of the next marker of a JPEG. `begun`: its 0xFF has been taken. */
	| { readonly marker: 'begun' | 'next' };

/**
 * How a walk ends: at the end of the image, or at bytes that the format doesn't explain. A walk that never ends
 * hasn't seen the end of the image.
 */
export type Ending = 'unclear' | 'whole';

/**
 * A walk through the bytes of a file as they arrive. It receives the bytes that it asks for once all of them
 * are there.
 */
export type Walk<Result> = Generator<Step, Result, Buffer>;

/** What a walk finds out about an image. */
export interface Facts {
	/** Pixels as they are stored; `null` until they are known. */
	width: number | null;
	height: number | null;
	/** How to turn the image for display, from 1 to 8, by the first EXIF data in it. */
	orientation: number | undefined;
	/** It has an alpha channel, regardless of its content. */
	hasAlpha: boolean;
	/** Nothing that follows can change these facts. */
	isComplete: boolean;
	/** How many bytes must be read to complete them. */
	lookBytes: number;
	/** The image could end here if its size weren't stated. */
	mayEnd: boolean;
}

/** More than any camera writes before the image itself. */
const mostLookBytes = 256 * 1024;

/** What is known before the first byte. */
export function noFacts(): Facts {
	return {
		width: null,
		height: null,
		orientation: undefined,
		hasAlpha: false,
		isComplete: false,
		lookBytes: mostLookBytes,
		mayEnd: false,
	};
}

/** Keeps a size, unless one side is 0: some files leave it unspecified that way. */
export function setSize(facts: Facts, width: number, height: number): void {
	if (width > 0 && height > 0) Object.assign(facts, { width, height });
}

/**
 * Reads the beginning of the next bytes and skips the rest.
 * @param length of all of them
 * @param read called as soon as the beginning is there, even in a truncated file
 */
export function* readStart(
	length: number,
	mostBytes: number,
	read: (start: Buffer) => void,
): Walk<void> {
	const start = yield { take: Math.min(length, mostBytes) };
	read(start);
	yield { skip: length - start.length };
}
