import { exifBytes, readOrientation } from './exif';
import type { Ending, Facts, Walk } from './walk';
import { setSize, readStart } from './walk';

const fourCc = /^[ -~]{4}$/;
const exifFlag = 0x08;
const alphaFlag = 0x10;

/** The canvas of a file in the extended format. If it announces EXIF data, that comes after the image. */
function readCanvas(facts: Facts, data: Buffer): void {
	const flags = data.readUInt8(0);
	setSize(facts, data.readUIntLE(4, 3) + 1, data.readUIntLE(7, 3) + 1);
	facts.hasAlpha = (flags & alphaFlag) !== 0;
	if ((flags & exifFlag) === 0) facts.isComplete = true;
	else facts.lookBytes = Infinity;
}

function readLossless(facts: Facts, data: Buffer): void {
	const bits = data.readUInt32LE(1);
	setSize(facts, (bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1);
	facts.hasAlpha = ((bits >>> 28) & 1) === 1;
	facts.isComplete = true;
}

function readLossy(facts: Facts, data: Buffer): void {
	setSize(facts, data.readUInt16LE(6) & 0x3fff, data.readUInt16LE(8) & 0x3fff);
	facts.isComplete = true;
}

/** The chunks that say how large the image is, and how much of each is read. */
const sizeChunks: Readonly<
	Record<string, readonly [number, (facts: Facts, data: Buffer) => void] | undefined>
> = {
	VP8X: [10, readCanvas],
	VP8L: [5, readLossless],
	'VP8 ': [10, readLossy],
};

/** Chunks with the image, or with a frame of it. */
const imageChunks: readonly string[] = ['VP8 ', 'VP8L', 'ANMF'];

/** @param bytes those of the chunk's data, with its padding */
function* readChunk(facts: Facts, type: string, bytes: number): Walk<void> {
	const [least, read] = (facts.width === null && sizeChunks[type]) || [Infinity];
	if (read && bytes >= least) {
		yield* readStart(bytes, least, (data) => read(facts, data));
	} else if (type === 'EXIF' && !facts.isComplete) {
		yield* readStart(bytes, exifBytes, (data) => {
			facts.orientation = readOrientation(data);
			facts.isComplete = true;
		});
	} else {
		yield { skip: bytes };
	}
}

/**
 * Walks through a WebP after its first 12 bytes, chunk by chunk, up to the end that they state. Source:
 * https://developers.google.com/speed/webp/docs/riff_container
 * @param riffBytes the length in those bytes, which counts from the byte after it
 */
export function* walkWebp(facts: Facts, riffBytes: number): Walk<Ending> {
	const end = 8 + riffBytes;
	let offset = 12;
	while (offset < end || !facts.mayEnd) {
		const chunk = yield { take: 8 };
		const type = chunk.toString('latin1', 0, 4);
		if (!fourCc.test(type)) return 'unclear';
		const length = chunk.readUInt32LE(4);
		offset += 8;
		// The padding of an odd length may be missing at the end.
		const bytes = length + (offset + length === end ? 0 : length % 2);
		yield* readChunk(facts, type, bytes);
		offset += bytes;
		if (imageChunks.includes(type)) facts.mayEnd = true;
	}
	return 'whole';
}
