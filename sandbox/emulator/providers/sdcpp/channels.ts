/** By a PNG's color type: gray, RGB, palette, gray with alpha, RGBA. [PNG specification: IHDR] */
const PNG_CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 3, 4: 2, 6: 4 };

/**
 * Start of frame: every marker from C0 to CF, except those of tables and of arithmetic coding. [ITU-T T.81:
 * B.1.1.3]
 */
const isFrame = (marker: number): boolean =>
	marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

function jpegChannels(bytes: Buffer): number | undefined {
	for (
		let at = 2;
		at + 9 < bytes.length && bytes[at] === 0xff;
		at += 2 + bytes.readUInt16BE(at + 2)
	) {
		if (isFrame(bytes[at + 1] ?? 0)) return bytes[at + 9];
	}
	return undefined;
}

/**
 * The number of channels of an image that sd-server can decode. Undefined for anything else. [sd.cpp
 * media_io.cpp: load_image_common]
 */
export function channelsOf(bytes: Buffer): number | undefined {
	const start = bytes.toString('latin1', 0, 12);
	if (start.startsWith('\x89PNG\r\n\x1a\n')) return PNG_CHANNELS[bytes[25] ?? -1];
	if (start.startsWith('\xff\xd8')) return jpegChannels(bytes);
	if (/^GIF8|^RIFF.{4}WEBP/s.test(start)) return 3;
	return undefined;
}
