import { createHash } from 'node:crypto';
import { randomHex, randomName } from '../ids';
import { ByteStore } from '../inputs/byteStore';
import type { Fault } from '../steering';

const MOST_BYTES = 256 * 1024 * 1024;
const MOST_TARGETS = 10_000;

/** Where one file may be uploaded. */
export interface UploadTarget {
	/** The file's path once it is uploaded. */
	readonly filePath: string;
	readonly signature: string;
	readonly contentType: string;
	readonly faults: readonly Fault[];
	/**
	 * Headers that the request must send unchanged, by their lower-case names, because the signature covers
	 * them.
	 */
	readonly signedHeaders: Readonly<Record<string, string>>;
	/** The file is deleted after this time. */
	readonly lifetimeSeconds: number;
	/** The uploaded parts by number. Undefined for an upload in one piece. */
	readonly parts?: Map<number, Part>;
}

/** A part of an upload, and its tag from the server. */
export interface Part {
	readonly etag: string;
	readonly bytes: Buffer;
}

interface UploadOptions {
	/** Of the requests to the link. */
	readonly faults: readonly Fault[];
	/** Whether the file comes in parts, at `<path>/<number>` and then `<path>/complete`. */
	readonly inParts?: boolean;
	/** Headers that the request must send, by their lower-case names. */
	readonly signedHeaders?: Readonly<Record<string, string>>;
	/** How long the file exists. Default: forever. */
	readonly lifetimeSeconds?: number;
}

interface UploadedFile {
	readonly contentType: string;
	readonly bytes: Buffer;
	/** In milliseconds since 1970. */
	readonly until: number;
}

/** How a client names a part when it completes its upload. */
export interface PartName {
	readonly partNumber: number;
	readonly etag: string;
}

/** The files that clients have uploaded, in memory. If there are too many, the oldest are removed. */
export class UploadStore {
	private readonly targets = new Map<string, UploadTarget>();
	private readonly files = new ByteStore<UploadedFile>(MOST_BYTES);

	constructor(private readonly baseUrl: () => string) {}

	/** Like a CDN's presigned link: anyone with the link may upload the file. */
	initiate(fileName: string, contentType: string, options: UploadOptions): UploadLinks {
		const { faults, inParts = false, signedHeaders = {}, lifetimeSeconds = Infinity } = options;
		const filePath = newPath(fileName);
		const path = `/upload${filePath}`;
		const signature = randomHex(32);
		this.targets.set(path, {
			filePath,
			signature,
			contentType,
			faults,
			signedHeaders,
			lifetimeSeconds,
			...(inParts ? { parts: new Map<number, Part>() } : {}),
		});
		const [oldest] = this.targets.keys();
		if (this.targets.size > MOST_TARGETS && oldest !== undefined) this.targets.delete(oldest);
		return {
			upload_url: `${this.baseUrl()}${path}?signature=${signature}`,
			file_url: `${this.baseUrl()}${filePath}`,
		};
	}

	/** Keeps a file that came another way. Returns its link. */
	keep(fileName: string, contentType: string, bytes: Buffer): string {
		const filePath = newPath(fileName);
		this.files.set(filePath, { contentType, bytes, until: Infinity });
		return `${this.baseUrl()}${filePath}`;
	}

	target(path: string): UploadTarget | undefined {
		return this.targets.get(path);
	}

	put({ filePath, contentType, lifetimeSeconds }: UploadTarget, bytes: Buffer): void {
		const until = Date.now() + lifetimeSeconds * 1000;
		this.files.set(filePath, { contentType, bytes, until });
	}

	/** Keeps a part, and replaces an earlier one with the same number. */
	putPart(parts: Map<number, Part>, partNumber: number, bytes: Buffer): PartName {
		const etag = `"${createHash('md5').update(bytes).digest('hex')}"`;
		parts.set(partNumber, { etag, bytes });
		return { partNumber, etag };
	}

	/** Joins the named parts, in their order. False if one is missing or different, or none is named. */
	complete(target: UploadTarget, names: readonly PartName[]): boolean {
		const parts = names.map(({ partNumber, etag }) => {
			const part = target.parts?.get(partNumber);
			return part?.etag === etag ? part.bytes : undefined;
		});
		const isInOrder = names.every(
			({ partNumber }, index) => partNumber > (names[index - 1]?.partNumber ?? 0),
		);
		const found = parts.filter((bytes) => bytes !== undefined);
		if (found.length === 0 || found.length < parts.length || !isInOrder) return false;
		this.put(target, Buffer.concat(found));
		target.parts?.clear();
		return true;
	}

	find(path: string): UploadedFile | undefined {
		const file = this.files.get(path);
		return file !== undefined && Date.now() <= file.until ? file : undefined;
	}

	clear(): void {
		this.targets.clear();
		this.files.clear();
	}
}

/** A path that can't be guessed, with the name's ending. */
function newPath(fileName: string): string {
	const name = fileName.replaceAll(/[^\w.-]+/g, '_').slice(-100);
	return `/files/b/${randomHex(4)}/${randomName(15)}_${name}`;
}

export interface UploadLinks {
	readonly upload_url: string;
	readonly file_url: string;
}
