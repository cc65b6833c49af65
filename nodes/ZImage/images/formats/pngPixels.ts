/** What is needed to read the pixels of a PNG. */
interface Layout {
	readonly width: number;
	readonly height: number;
	/** Also the bytes of a pixel, because each channel has 8 bits. */
	readonly channels: number;
	readonly isPalette: boolean;
	readonly palette: Buffer;
	/** The data of tRNS: the alpha of each color of a palette, or the one color that is transparent. */
	readonly transparency: Buffer;
	/** The compressed image. */
	readonly data: readonly Buffer[];
}

/** By color type: gray, color, palette, gray with alpha, color with alpha. */
const channelsOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

function findChunks(bytes: Buffer): (type: string) => readonly Buffer[] {
	const chunks: Record<string, Buffer[]> = { PLTE: [], tRNS: [], IDAT: [] };
	for (let offset = 8; offset + 8 <= bytes.length;) {
		const end = offset + 8 + bytes.readUInt32BE(offset);
		chunks[bytes.toString('latin1', offset + 4, offset + 8)]?.push(bytes.subarray(offset + 8, end));
		offset = end + 4;
	}
	return (type) => chunks[type] ?? [];
}

/** @returns `undefined` for any but a PNG with 8 bits per channel that isn't interlaced */
function readLayout(bytes: Buffer): Layout | undefined {
	if (bytes.length < 33) return undefined;
	const [depth, colorType = -1, , , interlace] = bytes.subarray(24, 29);
	const channels = channelsOf[colorType];
	if (depth !== 8 || interlace !== 0 || channels === undefined) return undefined;
	const find = findChunks(bytes);
	return {
		width: bytes.readUInt32BE(16),
		height: bytes.readUInt32BE(20),
		channels,
		isPalette: colorType === 3,
		palette: Buffer.concat(find('PLTE')),
		transparency: Buffer.concat(find('tRNS')),
		data: find('IDAT'),
	};
}

function paeth(left: number, above: number, corner: number): number {
	const byLeft = Math.abs(above - corner);
	const byAbove = Math.abs(left - corner);
	const byCorner = Math.abs(left + above - 2 * corner);
	if (byLeft <= byAbove && byLeft <= byCorner) return left;
	return byAbove <= byCorner ? above : corner;
}

type Predict = (left: number, above: number, corner: number) => number;

/** What each filter has subtracted. Source: https://www.w3.org/TR/png-3/#9Filter-types */
const filters: ReadonlyArray<Predict | undefined> = [
	undefined,
	(left) => left,
	(_, above) => above,
	(left, above) => (left + above) >> 1,
	paeth,
];

/** Undoes the filter of a row in place. */
function unfilter(predict: Predict | undefined, row: Buffer, previous: Buffer, pixelBytes: number) {
	if (!predict) return;
	for (let i = 0; i < row.length; i++) {
		const isFirst = i < pixelBytes;
		const left = isFirst ? 0 : (row[i - pixelBytes] ?? 0);
		const corner = isFirst ? 0 : (previous[i - pixelBytes] ?? 0);
		row[i] = (row[i] ?? 0) + predict(left, previous[i] ?? 0, corner);
	}
}

/**
 * The rows of an image while it is unpacked, each without its filter. A row is valid until the next one is
 * requested.
 */
async function* readRows({ width, height, channels, data }: Layout): AsyncGenerator<Buffer> {
	const stream = new Blob(data.map((part) => new Uint8Array(part)))
		.stream()
		.pipeThrough(new DecompressionStream('deflate'));
	// The first byte of each row is its filter.
	let row = Buffer.alloc(1 + width * channels);
	let previous = Buffer.alloc(row.length);
	let filled = 0;
	let count = 0;
	for await (const piece of stream as AsyncIterable<Uint8Array>) {
		for (let offset = 0; offset < piece.length;) {
			const part = piece.subarray(offset, offset + row.length - filled);
			row.set(part, filled);
			filled += part.length;
			offset += part.length;
			if (filled < row.length) continue;
			unfilter(filters[row[0] ?? 0], row.subarray(1), previous.subarray(1), channels);
			yield row.subarray(1);
			if (++count === height) return;
			[row, previous, filled] = [previous, row, 0];
		}
	}
}

/** The numbers of pixels of each kind. */
export interface PixelCounts {
	readonly all: number;
	/** Among the visible pixels. */
	readonly gray: number;
	readonly transparent: number;
	/** Counted even if transparent. */
	readonly white: number;
}

/** The brightness of a color from 0 to 255, as most programs compute it (ITU-R BT.601). */
function brightness(red: number, green: number, blue: number): number {
	return (red * 299 + green * 587 + blue * 114) / 1000;
}

/** The brightness and the alpha of the pixel at an offset of a row. */
type ReadPixel = (row: Buffer, offset: number) => readonly [number, number];

function pixelReader({ channels, isPalette, palette, transparency }: Layout): ReadPixel {
	const at = (bytes: Buffer, offset: number) => bytes[offset] ?? 0;
	const colorAt = (bytes: Buffer, offset: number) =>
		brightness(at(bytes, offset), at(bytes, offset + 1), at(bytes, offset + 2));
	if (isPalette) {
		const colors = Array.from({ length: 256 }, (_, index) => {
			return [colorAt(palette, index * 3), transparency[index] ?? 255] as const;
		});
		return (row, offset) => colors[at(row, offset)] ?? [0, 255];
	}
	const isColor = channels >= 3;
	const hasAlpha = channels % 2 === 0;
	// Each channel of the one transparent color has two bytes.
	const clear = transparency.filter((_, index) => index % 2 === 1);
	const isClear = (row: Buffer, offset: number) =>
		clear.length === channels && clear.every((value, index) => value === at(row, offset + index));
	return (row, offset) => [
		isColor ? colorAt(row, offset) : at(row, offset),
		hasAlpha ? at(row, offset + channels - 1) : isClear(row, offset) ? 0 : 255,
	];
}

/**
 * Counts the pixels of a PNG that are neither black nor white, transparent, or white. n8n doesn't allow the
 * nodes to import a library for it, so this uses only the platform (DecompressionStream).
 * @returns `undefined` for anything but a complete PNG with 8 bits per channel that isn't interlaced
 */
export async function countPixels(bytes: Buffer): Promise<PixelCounts | undefined> {
	const layout = readLayout(bytes);
	if (!layout) return undefined;
	const readPixel = pixelReader(layout);
	const { channels, width, height } = layout;
	const counts = { all: 0, gray: 0, transparent: 0, white: 0 };
	try {
		for await (const row of readRows(layout)) {
			for (let offset = 0; offset < row.length; offset += channels) {
				const [light, alpha] = readPixel(row, offset);
				counts.all++;
				if (light >= 224) counts.white++;
				if (alpha < 128) counts.transparent++;
				else if (light > 31 && light < 224) counts.gray++;
			}
		}
	} catch {
		return undefined;
	}
	return counts.all === width * height ? counts : undefined;
}
