import type { Answer } from '../answer';
import { randomHex, randomName } from '../ids';
import type { Picture } from '../picture/picture';
import type { Steering } from '../steering';
import type { LinkedFile } from './linkedFile';

const MOST_FILES = 50_000;
/** Lifetime of a Novita or Highway link. [SEED 000, 002; task-result: image_url_ttl 3600] */
export const LINK_SECONDS = 3600;

interface StoredFile {
	readonly content: Picture | LinkedFile;
	readonly taskId: string;
	readonly steering: Steering;
	readonly signature?: string;
	readonly createdAt: number;
	/** After that, the provider has deleted it. */
	readonly lifetimeSeconds?: number;
}

/** Returns links in the shape of each provider's CDN, and remembers their files. */
export class FileStore {
	private readonly files = new Map<string, StoredFile>();
	private readonly stashed = new Map<string, Answer>();

	constructor(private readonly baseUrl: () => string) {}

	/**
	 * Like https://v3.fal.media/files/b/<hash>/<name>.png, and AI/ML API's copy of it.
	 * @param lifetimeSeconds default: forever
	 */
	publicLink(
		prefix: string,
		picture: Picture,
		taskId: string,
		steering: Steering,
		lifetimeSeconds = Infinity,
	): string {
		const path = `${prefix}/${randomHex(4)}/${randomName(15)}.${picture.format}`;
		this.add(path, { content: picture, taskId, steering, createdAt: Date.now(), lifetimeSeconds });
		return `${this.baseUrl()}${path}`;
	}

	/**
	 * The same for a file that isn't an image.
	 * @param name the end of the link's name
	 */
	fileLink(
		prefix: string,
		name: string,
		file: LinkedFile,
		taskId: string,
		steering: Steering,
		lifetimeSeconds = Infinity,
	): string {
		const path = `${prefix}/${randomHex(4)}/${randomName(15)}${name}`;
		this.add(path, { content: file, taskId, steering, createdAt: Date.now(), lifetimeSeconds });
		return `${this.baseUrl()}${path}`;
	}

	/** Like a presigned S3 link: it is refused without its query, or after an hour. */
	presignedLink(picture: Picture, taskId: string, steering: Steering): string {
		const path = `/prod/${taskId}/${randomHex(16)}.${picture.format}`;
		const signature = randomHex(32);
		const createdAt = Date.now();
		this.add(path, { content: picture, taskId, steering, signature, createdAt });
		const query = new URLSearchParams({
			'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
			'X-Amz-Credential': 'SANDBOX/20260101/us-east-2/s3/aws4_request',
			'X-Amz-Date': new Date(createdAt).toISOString().replaceAll(/[-:]|\.\d+/g, ''),
			'X-Amz-Expires': String(LINK_SECONDS),
			'X-Amz-SignedHeaders': 'host',
			'X-Amz-Signature': signature,
		});
		return `${this.baseUrl()}${path}?${query.toString()}`;
	}

	/** Keeps a response for a client that follows a redirect to the files port. */
	stash(answer: Answer): string {
		const path = `/redirected/${randomHex(12)}`;
		this.stashed.set(path, answer);
		return `${this.baseUrl()}${path}`;
	}

	find(path: string): StoredFile | undefined {
		const file = this.files.get(path);
		if (file === undefined) return undefined;
		const { createdAt, lifetimeSeconds = Infinity } = file;
		return Date.now() - createdAt > lifetimeSeconds * 1000 ? undefined : file;
	}

	findStashed(path: string): Answer | undefined {
		return this.stashed.get(path);
	}

	clear(): void {
		this.files.clear();
		this.stashed.clear();
	}

	private add(path: string, file: StoredFile): void {
		this.files.set(path, file);
		const [oldest] = this.files.keys();
		if (this.files.size > MOST_FILES && oldest !== undefined) this.files.delete(oldest);
	}
}
