import type { ImageType } from './imageType';
import { isStandalone } from './imageType';

/** Follows an image as it streams by, to find out whether its own end was in it. */
export interface EndFinder {
	push(chunk: Buffer): void;
	/** Whether the end was there, with whatever behind it, or the structure can't be followed. */
	isWhole(): boolean;
}

/** A finder that walks from part to part of a file, keeping no more of it than a few bytes. */
abstract class Walker implements EndFinder {
	protected hasEnded = false;
	/** The file isn't built as documented: that it arrived is all that can be said. */
	protected isLost = false;
	private rest: Buffer = Buffer.alloc(0);
	private skipBytes = 0;

	push(chunk: Buffer): void {
		let data = this.rest.length > 0 ? Buffer.concat([this.rest, chunk]) : chunk;
		while (!this.hasEnded && !this.isLost) {
			const skipped = Math.min(this.skipBytes, data.length);
			this.skipBytes -= skipped;
			data = data.subarray(skipped);
			if (this.skipBytes > 0) break;
			const step = this.step(data);
			if (step === undefined) break;
			this.skipBytes = step;
		}
		this.rest = this.hasEnded || this.isLost ? Buffer.alloc(0) : data;
	}

	isWhole(): boolean {
		return this.hasEnded || this.isLost;
	}

	/**
	 * Looks at the next part.
	 * @param data from its beginning on
	 * @returns how many bytes to go on by; `undefined` to be asked again with more
	 */
	protected abstract step(data: Buffer): number | undefined;
}

/** Source: https://www.w3.org/TR/png-3/#5Chunk-layout */
class PngWalker extends Walker {
	private isBegun = false;

	protected step(data: Buffer): number | undefined {
		if (!this.isBegun) {
			this.isBegun = true;
			return 8;
		}
		if (data.length < 8) return undefined;
		const type = data.toString('latin1', 4, 8);
		if (type === 'IEND') this.hasEnded = true;
		// No program can read what is behind something else.
		return /^[A-Za-z]{4}$/.test(type) ? 12 + data.readUInt32BE(0) : Infinity;
	}
}

/**
 * An end marker in a thumbnail is inside of a segment, which is skipped; in the data of a scan there's none but the real one.
 * Source: ITU-T T.81, B.1.1.
 */
class JpegWalker extends Walker {
	private isInScan = false;

	protected step(data: Buffer): number | undefined {
		return this.isInScan ? this.scan(data) : this.segment(data);
	}

	private scan(data: Buffer): number | undefined {
		const at = data.indexOf(0xff);
		if (at < 0) return data.length > 0 ? data.length : undefined;
		const marker = data[at + 1];
		// What is before the marker is done with.
		if (marker === undefined) return at > 0 ? at : undefined;
		const isData = marker === 0x00 || marker === 0xff || (marker >= 0xd0 && marker <= 0xd7);
		if (isData) return marker === 0xff ? at + 1 : at + 2;
		this.isInScan = false;
		return at;
	}

	private segment(data: Buffer): number | undefined {
		const [first, marker] = data;
		if (first === undefined || marker === undefined) return undefined;
		if (first !== 0xff) {
			this.isLost = true;
			return 0;
		}
		// Any number of fill bytes may be before a marker.
		if (marker === 0xff) return 1;
		if (marker === 0xd9) {
			this.hasEnded = true;
			return 0;
		}
		if (isStandalone(marker)) return 2;
		if (data.length < 4) return undefined;
		this.isInScan = marker === 0xda;
		return 2 + data.readUInt16BE(2);
	}
}

/** Source: https://developers.google.com/speed/webp/docs/riff_container */
class WebpCounter implements EndFinder {
	private bytes = 0;
	private head: Buffer = Buffer.alloc(0);

	push(chunk: Buffer): void {
		this.bytes += chunk.length;
		if (this.head.length < 8) this.head = Buffer.concat([this.head, chunk.subarray(0, 8)]);
	}

	isWhole(): boolean {
		return this.head.length >= 8 && this.bytes >= this.head.readUInt32LE(4) + 8;
	}
}

/** Finds the end of an image of a type. */
export function endFinder({ mimeType }: Pick<ImageType, 'mimeType'>): EndFinder {
	switch (mimeType) {
		case 'image/png':
			return new PngWalker();
		case 'image/jpeg':
			return new JpegWalker();
		case 'image/webp':
			return new WebpCounter();
	}
}

/** Whether an image has its end: a broken download can look complete to HTTP. */
export function isWholeImage(type: Pick<ImageType, 'mimeType'>, bytes: Buffer): boolean {
	const finder = endFinder(type);
	finder.push(bytes);
	return finder.isWhole();
}
