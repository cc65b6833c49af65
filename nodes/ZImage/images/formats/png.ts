import { exifBytes, readOrientation } from './exif';
import type { Ending, Facts, Walk } from './walk';
import { setSize, readStart } from './walk';

const mostChunkBytes = 0x7fff_ffff;
const chunkType = /^[a-z]{4}$/i;

function* readChunk(facts: Facts, type: string, length: number): Walk<void> {
	if (type === 'IHDR' && length >= 10) {
		yield* readStart(length, 10, (header) => {
			setSize(facts, header.readUInt32BE(0), header.readUInt32BE(4));
			// Color types 4 and 6 are gray and color with alpha.
			facts.hasAlpha = (header.readUInt8(9) & 4) !== 0;
		});
	} else if (type === 'eXIf' && facts.orientation === undefined) {
		yield* readStart(length, exifBytes, (data) => {
			facts.orientation = readOrientation(data);
		});
	} else {
		if (type === 'tRNS') facts.hasAlpha = true;
		yield { skip: length };
	}
}

/**
 * Walks through a PNG after its signature, chunk by chunk. IHDR must come first. The other relevant chunks come
 * before the image data. Source: https://www.w3.org/TR/png-3/#5Chunk-layout
 */
export function* walkPng(facts: Facts): Walk<Ending> {
	for (let isFirst = true; ; isFirst = false) {
		const start = yield { take: 8 };
		const length = start.readUInt32BE(0);
		const type = start.toString('latin1', 4, 8);
		const isInPlace = isFirst === (type === 'IHDR');
		if (length > mostChunkBytes || !chunkType.test(type) || !isInPlace) return 'unclear';
		if (type === 'IEND') return facts.isComplete ? 'whole' : 'unclear';
		if (type === 'IDAT') facts.isComplete = true;
		if (facts.isComplete) yield { skip: length };
		else yield* readChunk(facts, type, length);
		const checksumBytes = 4;
		yield { skip: checksumBytes };
	}
}
