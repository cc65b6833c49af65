import { exifBytes, isExif, readOrientation } from './exif';
import type { Ending, Facts, Step, Walk } from './walk';
import { setSize, readStart } from './walk';

/** Markers by their second byte. Source: ITU-T T.81, table B.1. */
const startOfImage = 0xd8;
const endOfImage = 0xd9;
const startOfScan = 0xda;
const app1 = 0xe1;

/** TEM and RST0 to RST7 have neither a length nor data. */
function standsAlone(marker: number): boolean {
	return marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);
}

/** Markers that begin a frame: SOF0 to SOF15 without DHT, JPG and DAC. */
function isFrame(marker: number): boolean {
	return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

/** @param length of the segment's data */
function* readSegment(facts: Facts, marker: number, length: number): Walk<void> {
	if (isFrame(marker) && length >= 5) {
		yield* readStart(length, 5, (frame) =>
			setSize(facts, frame.readUInt16BE(3), frame.readUInt16BE(1)),
		);
	} else if (marker === app1 && facts.orientation === undefined) {
		yield* readStart(length, exifBytes, (data) => {
			if (isExif(data)) facts.orientation = readOrientation(data);
		});
	} else {
		yield { skip: length };
	}
}

/**
 * Walks through a JPEG after its first three bytes (FF D8 FF), segment by segment. It skips a thumbnail inside
 * a segment, and everything after the end of the image. It also skips fill bytes, and other bytes between
 * segments, like libjpeg. Source: ITU-T T.81, B.1.
 */
export function* walkJpeg(facts: Facts): Walk<Ending> {
	let step: Step = { marker: 'begun' };
	for (;;) {
		const marker = (yield step).readUInt8(0);
		step = { marker: 'next' };
		if (marker === endOfImage) return facts.isComplete ? 'whole' : 'unclear';
		if (standsAlone(marker)) continue;
		if (marker < 0xc0 || marker === startOfImage) return 'unclear';
		const length = (yield { take: 2 }).readUInt16BE(0) - 2;
		if (length < 0) return 'unclear';
		// Whatever follows the start of the first scan doesn't describe the image.
		if (marker === startOfScan) facts.isComplete = true;
		if (facts.isComplete) yield { skip: length };
		else yield* readSegment(facts, marker, length);
	}
}
