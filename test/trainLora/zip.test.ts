import { BlobReader, TextWriter, Uint8ArrayWriter, ZipReader } from '@zip.js/zip.js';
import { Readable } from 'stream';
import { crc32 as referenceCrc32 } from 'zlib';

import { Failure } from '../../nodes/ZImage/errors/failure';
import { crc32 } from '../../nodes/ZImage/trainLora/crc32';
import type { ZipEntry } from '../../nodes/ZImage/trainLora/zip';
import { openZip, textEntry, zipBytes } from '../../nodes/ZImage/trainLora/zip';
import { errorOf } from '../support/fakeClient';

/** The content of a zip according to an independent reader. */
async function unzip(zip: Buffer) {
	const reader = new ZipReader(new BlobReader(new Blob([new Uint8Array(zip)])), {
		checkSignature: true,
	});
	const entries = await reader.getEntries();
	return await Promise.all(
		entries.map(async (entry) => {
			if (entry.directory) throw new Error('A folder');
			const isText = entry.filename.endsWith('.txt');
			const content = isText
				? await entry.getData(new TextWriter())
				: Buffer.from(await entry.getData(new Uint8ArrayWriter()));
			return { name: entry.filename, content, method: entry.compressionMethod };
		}),
	);
}

function fileEntry(name: string, content: Buffer, chunkBytes?: number): ZipEntry {
	const chunks = () =>
		Array.from({ length: Math.ceil(content.length / (chunkBytes ?? 1)) }, (_, index) =>
			content.subarray(index * (chunkBytes ?? 1), (index + 1) * (chunkBytes ?? 1)),
		);
	return {
		name,
		bytes: content.length,
		crc: crc32(content),
		open: async () =>
			await Promise.resolve(
				chunkBytes === undefined ? content : Readable.from(chunks(), { objectMode: false }),
			),
	};
}

async function bytesOf(zip: Buffer | Readable): Promise<Buffer> {
	return Buffer.isBuffer(zip) ? zip : Buffer.concat((await zip.toArray()) as Buffer[]);
}

const content = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7) % 251));

describe('CRC-32', () => {
	it.each([Buffer.alloc(0), Buffer.from('123456789'), content])(
		"%# is the same as zlib's",
		(bytes) => {
			expect(crc32(bytes)).toBe(referenceCrc32(bytes));
		},
	);

	it('continues where it stopped', () => {
		const first = crc32(content.subarray(0, 1234));
		expect(crc32(content.subarray(1234), first)).toBe(referenceCrc32(content));
	});
});

describe('a zip', () => {
	const text = textEntry('001.txt', 'ohwx, größer als 東京');

	it.each<[string, ZipEntry[], boolean]>([
		['of files in memory', [fileEntry('001.png', content), text], false],
		[
			'of streams',
			[fileEntry('001.png', content, 700), text, fileEntry('002.jpg', content, 11)],
			true,
		],
		['of both', [fileEntry('001.png', content), text, fileEntry('002.jpg', content, 999)], true],
		['of an empty file', [fileEntry('001.png', Buffer.alloc(0)), text], false],
		['of nothing', [], false],
	])(
		'%s is as long as stated, and another reader finds all of it',
		async (_, entries, isStream) => {
			const opened = await openZip(entries);
			expect(Buffer.isBuffer(opened)).toBe(!isStream);
			const zip = await bytesOf(opened);
			expect(zip).toHaveLength(zipBytes(entries));
			const expected = await Promise.all(
				entries.map(async ({ name, open }) => {
					const bytes = await bytesOf(await open());
					return { name, content: name.endsWith('.txt') ? bytes.toString() : bytes, method: 0 };
				}),
			);
			expect(await unzip(zip)).toEqual(expected);
		},
	);

	it('is the same each time it is opened', async () => {
		const entries = [fileEntry('001.png', content, 700), text];
		const [first, second] = [await openZip(entries), await openZip(entries)];
		expect(await bytesOf(first as Readable)).toEqual(await bytesOf(second as Readable));
	});

	it('keeps no more than a chunk of one file in memory', async () => {
		const piece = Buffer.alloc(128 * 1024, 1);
		const count = 64;
		let opened = 0;
		const pieces = async function* () {
			for (let index = 0; index < count; index++) {
				opened++;
				yield await Promise.resolve(piece);
			}
		};
		const crc = Array.from({ length: count }).reduce<number>((sum) => crc32(piece, sum), 0);
		const open = async () => await Promise.resolve(Readable.from(pieces(), { objectMode: false }));
		const entry = { name: '001.png', bytes: piece.length * count, crc, open };
		const zip = (await openZip([entry])) as unknown as Readable;
		for await (const chunk of zip) {
			expect((chunk as Buffer).length).toBeLessThanOrEqual(piece.length);
			if (opened > 0) break;
		}
		expect(opened).toBeLessThan(count / 2);
	});

	it.each([undefined, 500])(
		'fails if a file has changed in the meantime (%s)',
		async (chunkBytes) => {
			const entry = { ...fileEntry('001.png', content, chunkBytes), crc: 1 };
			const error = await errorOf((async () => await bytesOf(await openZip([entry])))());
			expect(error).toEqual(new Failure('A file changed while it was read (001.png)'));
		},
	);
});
