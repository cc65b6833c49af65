import { walkJpeg } from './formats/jpeg';
import { walkPng } from './formats/png';
import type { Ending, Facts, Step, Walk } from './formats/walk';
import { noFacts } from './formats/walk';
import { walkWebp } from './formats/webp';

/** What an image file contains about itself. */
export interface ImageType {
	readonly mimeType: 'image/jpeg' | 'image/png' | 'image/webp';
	readonly extension: 'jpg' | 'png' | 'webp';
	/** Pixels as displayed, rotated according to EXIF data; `null` if the given bytes don't contain it. */
	readonly width: number | null;
	readonly height: number | null;
}

type Format = Pick<ImageType, 'extension' | 'mimeType'>;

const png: Format = { mimeType: 'image/png', extension: 'png' };
const jpeg: Format = { mimeType: 'image/jpeg', extension: 'jpg' };
const webp: Format = { mimeType: 'image/webp', extension: 'webp' };

const pngSignatureEnd = Buffer.from([0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Detects the format from the first bytes, regardless of URLs and headers, and walks through the file. */
function* walkImage(facts: Facts, setFormat: (format: Format) => void): Walk<Ending | 'none'> {
	const start = (yield { take: 3 }).toString('latin1');
	if (start === '\xff\xd8\xff') {
		setFormat(jpeg);
		return yield* walkJpeg(facts);
	}
	if (start === '\x89PN') {
		if (!(yield { take: 5 }).equals(pngSignatureEnd)) return 'none';
		setFormat(png);
		return yield* walkPng(facts);
	}
	if (start !== 'RIF') return 'none';
	const form = (yield { take: 9 }).toString('latin1');
	if (!form.startsWith('F') || !form.endsWith('WEBP')) return 'none';
	setFormat(webp);
	return yield* walkWebp(facts, Buffer.from(form, 'latin1').readUInt32LE(1));
}

/**
 * Inspects the bytes of an image file while they arrive, in chunks of any length: its type, its size, and whether it's
 * complete. Keeps at most 64 KiB, and takes linear time.
 */
export class ImageScan {
	/** How many bytes have arrived. */
	size = 0;
	private format: Format | undefined;
	private readonly facts = noFacts();
	private readonly walk = walkImage(this.facts, (format) => (this.format = format));
	private step: Step | undefined;
	private result: Ending | 'none' | undefined;
	/** Of the step: bytes that it still needs, those that came, and whether the 0xFF of a marker came. */
	private missing = 0;
	private taken: Buffer = Buffer.alloc(0);
	private isMarkerBegun = false;

	constructor() {
		this.advance();
	}

	/** @param chunk the next bytes */
	push(chunk: Buffer): void {
		this.size += chunk.length;
		for (let offset = 0; this.step && offset < chunk.length;) {
			offset = 'marker' in this.step ? this.findMarker(chunk, offset) : this.pass(chunk, offset);
		}
	}

	/** The information so far; `undefined` for anything but a PNG, JPEG or WebP image. */
	get type(): ImageType | undefined {
		const { format, facts } = this;
		if (!format) return undefined;
		const { width, height, orientation = 1 } = facts;
		// From 5 on, width and height are swapped.
		return orientation < 5
			? { ...format, width, height }
			: { ...format, width: height, height: width };
	}

	/** Whether the image has an alpha channel, regardless of its content. */
	get hasAlpha(): boolean {
		return this.facts.hasAlpha;
	}

	/** Whether more bytes wouldn't change `type`, or enough were inspected. */
	get isKnown(): boolean {
		const { isComplete, lookBytes } = this.facts;
		return isComplete || this.step === undefined || this.size >= lookBytes;
	}

	/**
	 * Whether the bytes contain the complete image, with or without trailing data. An image without its end is truncated. If its
	 * structure can't be followed, `cameWhole` decides.
	 * @param cameWhole whether the file is known to be complete
	 */
	isWhole(cameWhole: boolean): boolean {
		const { result, facts } = this;
		if (result !== undefined) return result === 'whole' || (result === 'unclear' && cameWhole);
		return cameWhole && facts.mayEnd && this.taken.length === this.missing;
	}

	/** Continues the walk. Steps without bytes are done immediately. */
	private advance(answer: Buffer = Buffer.alloc(0)): void {
		for (let given = answer; ; given = Buffer.alloc(0)) {
			const { done, value } = this.walk.next(given);
			if (done) {
				this.step = undefined;
				this.result = value;
				return;
			}
			this.step = value;
			this.isMarkerBegun = 'marker' in value && value.marker === 'begun';
			this.missing = 'take' in value ? value.take : 'skip' in value ? value.skip : 0;
			this.taken = Buffer.alloc('take' in value ? value.take : 0);
			if ('marker' in value || this.missing > 0) return;
		}
	}

	/** @returns the offset of the first byte that the step doesn't need */
	private pass(chunk: Buffer, offset: number): number {
		const end = Math.min(chunk.length, offset + this.missing);
		const place = this.taken.length - this.missing;
		if (place >= 0) chunk.copy(this.taken, place, offset, end);
		this.missing -= end - offset;
		if (this.missing === 0) this.advance(this.taken);
		return end;
	}

	private findMarker(chunk: Buffer, offset: number): number {
		if (!this.isMarkerBegun) {
			const start = chunk.indexOf(0xff, offset);
			this.isMarkerBegun = start >= 0;
			return start < 0 ? chunk.length : start + 1;
		}
		const byte = chunk.readUInt8(offset);
		// In the image's data, 0xFF is followed by 0x00; before a marker, more 0xFF are fill bytes.
		if (byte === 0x00) this.isMarkerBegun = false;
		else if (byte !== 0xff) this.advance(Buffer.of(byte));
		return offset + 1;
	}
}
