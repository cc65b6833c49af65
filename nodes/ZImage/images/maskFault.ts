import type { BinaryImage } from './binaryImage';
import { countPixels } from './formats/pngPixels';

/**
 * Why a mask may not work as expected: only white (repainted) and black (kept) are documented. A `hole` is a transparent
 * part of a mask without white: nothing would be repainted.
 */
export type MaskFault = 'alpha' | 'gray' | 'hole' | 'lossy' | 'transparent';

/** Only the beginning of larger masks is checked, because checking all pixels would take too long. */
const maxPixels = 4_000_000;
const maxBytes = 32 * 1024 * 1024;

/** The share of gray pixels from smooth edges stays below this. */
const mostGray = 0.01;

/**
 * Checks the pixels of a mask if it's a PNG with 8 bits per channel and up to 4 megapixels. For others, it only uses the type
 * and the presence of an alpha channel.
 * @returns `undefined` if there is no problem
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
