import { randomHex, randomName } from '../ids';
import { ByteStore } from '../inputs/byteStore';
import type { Fault } from '../steering';

const MOST_BYTES = 256 * 1024 * 1024;
const MOST_TARGETS = 10_000;

/** Where one file may be put. */
export interface UploadTarget {
	/** The path of the file once it is there. */
	readonly filePath: string;
	readonly signature: string;
	readonly contentType: string;
	readonly faults: readonly Fault[];
}

/** The files that clients have uploaded, in memory; when they are too many, the oldest go. */
export class UploadStore {
	private readonly targets = new Map<string, UploadTarget>();
	private readonly files = new ByteStore<{ readonly contentType: string; readonly bytes: Buffer }>(
		MOST_BYTES,
	);

	constructor(private readonly baseUrl: () => string) {}

	/** Like a presigned link of the content network: whoever has it may put the file. */
	initiate(fileName: string, contentType: string, faults: readonly Fault[]): UploadLinks {
		const name = fileName.replaceAll(/[^\w.-]+/g, '_').slice(-100);
		const filePath = `/files/b/${randomHex(4)}/${randomName(15)}_${name}`;
		const path = `/upload${filePath}`;
		const signature = randomHex(32);
		this.targets.set(path, { filePath, signature, contentType, faults });
		const [oldest] = this.targets.keys();
		if (this.targets.size > MOST_TARGETS && oldest !== undefined) this.targets.delete(oldest);
		return {
			upload_url: `${this.baseUrl()}${path}?signature=${signature}`,
			file_url: `${this.baseUrl()}${filePath}`,
		};
	}

	target(path: string): UploadTarget | undefined {
		return this.targets.get(path);
	}

	put({ filePath, contentType }: UploadTarget, bytes: Buffer): void {
		this.files.set(filePath, { contentType, bytes });
	}

	find(path: string): { readonly contentType: string; readonly bytes: Buffer } | undefined {
		return this.files.get(path);
	}

	clear(): void {
		this.targets.clear();
		this.files.clear();
	}
}

export interface UploadLinks {
	readonly upload_url: string;
	readonly file_url: string;
}
