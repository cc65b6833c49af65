/** The start of EXIF data in a JPEG. Some programs also write it into other files. */
const prefix = 'Exif\0\0';

/** How much of EXIF data is read. Its first directory comes first in all files seen. */
export const exifBytes = 64 * 1024;

/** Whether the bytes start like a JPEG's EXIF data. */
export function isExif(bytes: Buffer): boolean {
	return bytes.toString('latin1', 0, prefix.length) === prefix;
}

const orientationTag = 0x0112;
const entryBytes = 12;

/**
 * How to turn an image for display: from 1 (not at all) to 8; from 5 on, width and height change places.
 * Source: CIPA DC-008 (EXIF 2.32), 4.6.2 and 4.6.4 A; TIFF 6.0, section 2.
 * @param bytes EXIF data, with or without its prefix; may be cut short
 * @returns `undefined` where it doesn't say
 */
export function readOrientation(bytes: Buffer): number | undefined {
	const tiff = isExif(bytes) ? bytes.subarray(prefix.length) : bytes;
	const order = tiff.toString('latin1', 0, 4);
	const isLittleEndian = order === 'II*\0';
	if ((!isLittleEndian && order !== 'MM\0*') || tiff.length < 8) return undefined;
	const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.length);
	const directory = view.getUint32(4, isLittleEndian);
	if (directory + 2 > tiff.length) return undefined;
	const count = view.getUint16(directory, isLittleEndian);
	for (let index = 0; index < count; index++) {
		const entry = directory + 2 + index * entryBytes;
		if (entry + entryBytes > tiff.length) return undefined;
		if (view.getUint16(entry, isLittleEndian) !== orientationTag) continue;
		const value = view.getUint16(entry + 8, isLittleEndian);
		return value >= 1 && value <= 8 ? value : undefined;
	}
	return undefined;
}
