import { Failure } from '../errors/failure';
import { keepQuiet } from '../files/byteStream';
import type { ByteStream } from '../http/readBody';
import { crc32 } from './crc32';

/** One file of a zip. */
export interface ZipEntry {
	/** ASCII, without folders. */
	readonly name: string;
	/** Its size. */
	readonly bytes: number;
	/** Its CRC-32. */
	readonly crc: number;
	/** Opened again for each time that the zip is read. */
	readonly open: () => Promise<Buffer | ByteStream>;
}

/** An entry of a text that is here already. */
export function textEntry(name: string, text: string): ZipEntry {
	const content = Buffer.from(text);
	const open = () => Promise.resolve(content);
	return { name, bytes: content.length, crc: crc32(content), open };
}

/** Beyond these a zip needs fields of zip64, which this writer doesn't have. */
export const zipLimits = { bytes: 2 ** 32 - 1, entries: 2 ** 16 - 1 } as const;

const localHeaderBytes = 30;
const centralHeaderBytes = 46;
const endBytes = 22;

/** Version 2.0 is what stored files need. */
const version = 20;
/** Bit 11: names are in UTF-8. */
const flags = 0x0800;
/** Method 0: stored as it is. Images are compressed already. */
const method = 0;
/** January 1, 1980, the first date that a zip can have: the same files make the same zip. */
const dosTime = 0;
const dosDate = 0x0021;

/** The size of a zip, which is known before it is written. */
export function zipBytes(entries: readonly ZipEntry[]): number {
	return entries.reduce(
		(sum, { name, bytes }) =>
			sum + localHeaderBytes + centralHeaderBytes + 2 * Buffer.byteLength(name) + bytes,
		endBytes,
	);
}

/** The fields that both headers of a file have. */
function writeCommon(header: Buffer, offset: number, { name, bytes, crc }: ZipEntry): void {
	header.writeUInt16LE(version, offset);
	header.writeUInt16LE(flags, offset + 2);
	header.writeUInt16LE(method, offset + 4);
	header.writeUInt16LE(dosTime, offset + 6);
	header.writeUInt16LE(dosDate, offset + 8);
	header.writeUInt32LE(crc, offset + 10);
	header.writeUInt32LE(bytes, offset + 14);
	header.writeUInt32LE(bytes, offset + 18);
	header.writeUInt16LE(Buffer.byteLength(name), offset + 22);
}

function localHeader(entry: ZipEntry): Buffer {
	const header = Buffer.alloc(localHeaderBytes);
	header.writeUInt32LE(0x04034b50, 0);
	writeCommon(header, 4, entry);
	return Buffer.concat([header, Buffer.from(entry.name)]);
}

/** @param at where the file's local header is */
function centralHeader(entry: ZipEntry, at: number): Buffer {
	const header = Buffer.alloc(centralHeaderBytes);
	header.writeUInt32LE(0x02014b50, 0);
	header.writeUInt16LE(version, 4);
	writeCommon(header, 6, entry);
	header.writeUInt32LE(at, 42);
	return Buffer.concat([header, Buffer.from(entry.name)]);
}

/** @param start where the central headers begin */
function endRecord(entries: number, start: number, bytes: number): Buffer {
	const record = Buffer.alloc(endBytes);
	record.writeUInt32LE(0x06054b50, 0);
	record.writeUInt16LE(entries, 8);
	record.writeUInt16LE(entries, 10);
	record.writeUInt32LE(bytes, 12);
	record.writeUInt32LE(start, 16);
	return record;
}

/** @throws Failure for a file that isn't what it was when its CRC-32 was found out */
async function* contentOf(
	{ name, bytes, crc }: ZipEntry,
	opened: AsyncIterable<Buffer> | Buffer,
): AsyncGenerator<Buffer, void, undefined> {
	let size = 0;
	let sum = 0;
	for await (const chunk of Buffer.isBuffer(opened) ? [opened] : opened) {
		size += chunk.length;
		sum = crc32(chunk, sum);
		yield chunk;
	}
	if (size === bytes && sum === crc) return;
	throw new Failure(`A file changed while it was read (${name})`, {
		kind: 'unavailable',
		description: "Nothing was submitted, so you won't be charged. Run again.",
	});
}

/** @param openedOf what is opened of an entry, by its place */
async function* write(
	entries: readonly ZipEntry[],
	openedOf: (index: number) => Promise<AsyncIterable<Buffer> | Buffer>,
): AsyncGenerator<Buffer, void, undefined> {
	const central: Buffer[] = [];
	let at = 0;
	for (const [index, entry] of entries.entries()) {
		central.push(centralHeader(entry, at));
		const header = localHeader(entry);
		yield header;
		yield* contentOf(entry, await openedOf(index));
		at += header.length + entry.bytes;
	}
	const directory = Buffer.concat(central);
	yield directory;
	yield endRecord(entries.length, at, directory.length);
}

/**
 * Writes a zip. Where n8n keeps files in its store it's a stream, which holds no more than a piece of one file; files that
 * are in memory already make a buffer.
 * Source: APPNOTE.TXT 6.3.10, https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 * @throws Failure, or breaks the stream with it, when a file has changed since its entry was made
 */
export async function openZip(entries: readonly ZipEntry[]): Promise<Buffer | ByteStream> {
	for (const [index, { open }] of entries.entries()) {
		const opened = await open();
		if (Buffer.isBuffer(opened)) continue;
		// Streams are made of other streams here, as Node's own module for them is not allowed in nodes.
		const zip = opened.compose(async function* (source: AsyncIterable<Buffer>) {
			yield* write(entries, async (at) =>
				at === index ? source : ((await entries[at]?.open()) as AsyncIterable<Buffer> | Buffer),
			);
		}) as unknown as ByteStream;
		return keepQuiet(zip);
	}
	const pieces: Buffer[] = [];
	const openBuffer = async (at: number) => (await entries[at]?.open()) as Buffer;
	for await (const piece of write(entries, openBuffer)) pieces.push(piece);
	return Buffer.concat(pieces);
}
