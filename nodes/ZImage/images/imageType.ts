import type { ImageType } from './imageScan';
import { ImageScan } from './imageScan';

export type { ImageType };

/** Looks at a file that is there as a whole. */
export function scanBytes(bytes: Buffer): ImageScan {
	const scan = new ImageScan();
	scan.push(bytes);
	return scan;
}

/**
 * Tells PNG, JPEG and WebP by their bytes, whatever a URL or a header calls them.
 * @param bytes the file, or its beginning
 * @returns `undefined` for anything else
 */
export function readImageType(bytes: Buffer): ImageType | undefined {
	return scanBytes(bytes).type;
}
