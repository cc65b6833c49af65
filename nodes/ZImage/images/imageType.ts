import type { ImageType } from './imageScan';
import { ImageScan } from './imageScan';

export type { ImageType };

/** Inspects a complete file. */
export function scanBytes(bytes: Buffer): ImageScan {
	const scan = new ImageScan();
	scan.push(bytes);
	return scan;
}

const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

const signatures = [pngSignature, Buffer.from([0xff, 0xd8, 0xff]), Buffer.from('RIFF')];

/**
 * Whether a complete file is so short that it may be an image cut off within its signature, such as an empty file.
 * @param file one that `readImageType` doesn't recognize
 */
export function isCutInSignature(file: Buffer): boolean {
	if (file.length >= 12) return false;
	return signatures.some((signature) => {
		const length = Math.min(file.length, signature.length);
		return signature.subarray(0, length).equals(file.subarray(0, length));
	});
}

/**
 * Detects PNG, JPEG and WebP from their bytes, regardless of URLs and headers.
 * @param bytes the file, or its beginning
 * @returns `undefined` for anything else
 */
export function readImageType(bytes: Buffer): ImageType | undefined {
	return scanBytes(bytes).type;
}
