/** Tag 274 of TIFF. Source: https://www.loc.gov/preservation/digital/formats/content/tiff_tags.shtml */
const orientationTag = 0x0112;

/** More entries than any camera writes. */
const maxEntries = 200;

/**
 * Whether EXIF data turns an image by a quarter, so that it's shown with its sides swapped.
 * Source: EXIF 2.32, 4.6.4 (orientation 5 to 8).
 * @param exif from the header of TIFF on; it may be cut off
 */
export function isTurned(exif: Buffer): boolean {
	const order = exif.toString('latin1', 0, 4);
	const isLittle = order === 'II*\0';
	if (!isLittle && order !== 'MM\0*') return false;
	const readShort = (at: number) => {
		if (at + 2 > exif.length) return 0;
		return isLittle ? exif.readUInt16LE(at) : exif.readUInt16BE(at);
	};
	if (exif.length < 8) return false;
	const directory = isLittle ? exif.readUInt32LE(4) : exif.readUInt32BE(4);
	const entries = Math.min(maxEntries, readShort(directory));
	for (let entry = 0; entry < entries; entry++) {
		const at = directory + 2 + entry * 12;
		if (readShort(at) === orientationTag) {
			const orientation = readShort(at + 8);
			return orientation >= 5 && orientation <= 8;
		}
	}
	return false;
}
