import { brokenBy, keepQuiet } from '../files/byteStream';
import { NetworkError } from '../http/networkError';
import type { ByteStream } from '../http/readBody';
import { ImageScan } from './imageScan';

/** Reads an image only until its type is known, and closes the stream. */
export async function scanStream(stream: ByteStream): Promise<ImageScan> {
	const scan = new ImageScan();
	for await (const chunk of stream as AsyncIterable<Buffer>) {
		scan.push(chunk);
		if (scan.isKnown) break;
	}
	return scan;
}

/**
 * Passes an image on while it arrives, and fails the stream if the image is too large or ends too early. The
 * errors (`EMSGSIZE`, `ECONNRESET`) reach the reader of the stream.
 * @param scan inspects all data that passes
 * @param cameWhole whether a file of this many bytes is known to be complete
 * @param goesOn is called for every chunk
 * @throws NetworkError when the stream has already failed
 */
export function guardImage(
	stream: ByteStream,
	scan: ImageScan,
	maxBytes: number,
	cameWhole: (size: number) => boolean,
	goesOn: () => void = () => {},
): ByteStream {
	if (stream.destroyed) throw brokenBy(stream);
	const guarded = stream.compose(async function* (source: AsyncIterable<Buffer>) {
		for await (const chunk of source) {
			scan.push(chunk);
			if (scan.size > maxBytes) throw new NetworkError('EMSGSIZE');
			goesOn();
			yield chunk;
		}
		if (!scan.isWhole(cameWhole(scan.size))) throw new NetworkError('ECONNRESET');
	}) as unknown as ByteStream;
	// A small image can fail before its reader listens.
	return keepQuiet(guarded);
}
