import { configure, Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from '@zip.js/zip.js';

/** A file in a zip. Its name includes the folders. */
export interface ArchivedFile {
	readonly name: string;
	readonly bytes: Buffer;
}

configure({ useWebWorkers: false });

/** What a Mac adds to the files of a folder. */
const BESIDE = /(^|\/)(__MACOSX\/|\.)/;

/** The files of a zip, verified by their checksums. Undefined if the bytes aren't a zip or a file is broken. */
export async function readArchive(bytes: Buffer): Promise<ArchivedFile[] | undefined> {
	const reader = new ZipReader(new Uint8ArrayReader(new Uint8Array(bytes)));
	try {
		const files: ArchivedFile[] = [];
		for (const entry of await reader.getEntries()) {
			if (entry.directory || BESIDE.test(entry.filename)) continue;
			const data = await entry.getData(new Uint8ArrayWriter(), { checkSignature: true });
			files.push({ name: entry.filename, bytes: Buffer.from(data) });
		}
		return files;
	} catch {
		return undefined;
	} finally {
		await reader.close();
	}
}
