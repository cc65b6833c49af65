import type { BinaryImage } from './binaryImage';
import { countPixels } from './formats/pngPixels';

/**
 * Why a mask may not be taken for what it looks like: white is repainted, black is kept, and nothing else counts. A `hole`
 * is transparent in a mask that has no white: nothing would be repainted.
 */
export type MaskFault = 'alpha' | 'gray' | 'hole' | 'lossy' | 'transparent';

/** Larger masks are judged by their beginning only: a look at all pixels would take too long. */
const maxPixels = 4_000_000;
const maxBytes = 32 * 1024 * 1024;

/** Edges that are drawn smoothly stay below this share. */
const mostGray = 0.01;

/**
 * Looks at the pixels of a mask: of a PNG with 8 bits per channel and up to 4 megapixels. Of others the type and the
 * presence of an alpha channel have to do.
 * @returns `undefined` where nothing is to be said
 */
export async function findMaskFault(image: BinaryImage): Promise<MaskFault | undefined> {
	const { type, hasAlpha, bytes, read } = image;
	const { mimeType, width, height } = type;
	if (mimeType === 'image/jpeg') return 'lossy';
	const isSmall = (width ?? Infinity) * (height ?? Infinity) <= maxPixels && bytes <= maxBytes;
	const counts = mimeType === 'image/png' && isSmall ? await countPixels(await read()) : undefined;
	if (!counts) return hasAlpha ? 'alpha' : undefined;
	const { all, gray, transparent, white } = counts;
	const isGray = gray > mostGray * all;
	if (transparent > 0) return white === 0 && !isGray ? 'hole' : 'transparent';
	return isGray ? 'gray' : undefined;
}
