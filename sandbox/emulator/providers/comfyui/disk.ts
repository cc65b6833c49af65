import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import type { Steering } from '../../steering';
import type { Drawing } from './drawing';
import type { ReadFile } from './nodes/nodeClass';
import { PythonError } from './python';

export const FOLDERS = ['input', 'output', 'temp'] as const;
export type Folder = (typeof FOLDERS)[number];
export const isFolder = (name: string): name is Folder =>
	(FOLDERS as readonly string[]).includes(name);

/** The API's name of a file. */
export interface FileName {
	readonly filename: string;
	readonly subfolder: string;
	readonly type: Folder;
}

/** A file on the server. An uploaded one has bytes, a saved one is drawn when it is read. */
export type DiskFile = { readonly drawing: Drawing } & (
	{ readonly bytes: Buffer } | { readonly taskId: string; readonly steering: Steering }
);

const MOST_FILES = 50_000;
const MOST_UPLOADED_BYTES = 256 * 1024 * 1024;

/** A path below a folder, or undefined if it leads outside. */
export function pathIn(folder: Folder, subfolder: string, name: string): string | undefined {
	if (subfolder.startsWith('/') || subfolder.includes('\0')) return undefined;
	const path = posix.join(folder, subfolder, name);
	return path.startsWith(`${folder}/`) ? path : undefined;
}

/** A server's folders. They survive a restart. If there are too many files, the oldest are removed. */
export class Disk {
	private readonly files = new Map<string, DiskFile>();
	/** The last number of each prefix. */
	private readonly counters = new Map<string, number>();
	private uploadedBytes = 0;

	get(path: string): DiskFile | undefined {
		return this.files.get(path);
	}

	/** The names directly in the input folder. */
	get inputNames(): string[] {
		return [...this.files.keys()]
			.filter((path) => posix.dirname(path) === 'input')
			.map((path) => posix.basename(path))
			.sort();
	}

	/** The file that a node's input names, such as `a.png`, `folder/a.png` or `a.png [output]`. */
	find(name: string): ReadFile | undefined {
		const [, path = name, suffix = 'input'] = /^(.*) \[(input|output|temp)\]$/s.exec(name) ?? [];
		const file = this.files.get(pathIn(suffix as Folder, '', path) ?? '');
		if (file === undefined) return undefined;
		const { drawing } = file;
		return { drawing, sha256: drawing.kind === 'file' ? drawing.sha256 : undefined };
	}

	/** The path of an upload, with a number if another file has the name. [server.py: image_upload] */
	freePath(path: string, bytes: Buffer): string {
		const { dir, name, ext } = posix.parse(path);
		let free = path;
		for (let number = 1; ; number++) {
			const present = this.files.get(free);
			if (present === undefined || ('bytes' in present && present.bytes.equals(bytes))) return free;
			free = posix.join(dir, `${name} (${number})${ext}`);
		}
	}

	/** @returns the SHA-256 of the bytes */
	upload(path: string, bytes: Buffer, size: { width: number; height: number }): string {
		const sha256 = createHash('sha256').update(bytes).digest('hex');
		this.set(path, { bytes, drawing: { kind: 'file', sha256, ...size } });
		return sha256;
	}

	/** Saves a node's images. [folder_paths.py: get_save_image_path] */
	save(
		images: readonly Drawing[],
		prefix: string,
		type: 'output' | 'temp',
		task: { readonly taskId: string; readonly steering: Steering },
	): FileName[] {
		const path = pathIn(type, posix.dirname(prefix), posix.basename(prefix));
		if (path === undefined) {
			throw new PythonError(
				'Exception',
				'**** ERROR: Saving image outside the output folder is not allowed.',
			);
		}
		return images.map((drawing) => {
			const number = (this.counters.get(path) ?? 0) + 1;
			this.counters.set(path, number);
			const file = `${path}_${String(number).padStart(5, '0')}_.png`;
			this.set(file, { drawing, ...task });
			const [, ...folders] = posix.dirname(file).split('/');
			return { filename: posix.basename(file), subfolder: folders.join('/'), type };
		});
	}

	clear(): void {
		this.files.clear();
		this.counters.clear();
		this.uploadedBytes = 0;
	}

	private set(path: string, file: DiskFile): void {
		this.delete(path);
		this.files.set(path, file);
		if ('bytes' in file) this.uploadedBytes += file.bytes.length;
		for (const oldest of this.files.keys()) {
			const isFull = this.files.size > MOST_FILES || this.uploadedBytes > MOST_UPLOADED_BYTES;
			if (!isFull || oldest === path) break;
			this.delete(oldest);
		}
	}

	private delete(path: string): void {
		const file = this.files.get(path);
		if (file !== undefined && 'bytes' in file) this.uploadedBytes -= file.bytes.length;
		this.files.delete(path);
	}
}
