import { Failure, show } from '../errors/failure';
import type { LoraLimits } from '../providers/provider';
import { isRecord, trimmed } from '../values';
import { hubIdPattern, huggingFaceUrl } from './hub';
import { toFileLink, withScheme } from './links';

/** A LoRA's path as providers take it, and what came with it. */
export interface LoraPath {
	readonly path: string;
	/** Trigger words; empty where there are none. */
	readonly trigger: string;
	/** The file of the repository that the path names, where that is known. */
	readonly file?: string;
}

/** What a path of the list brings along in its fragment. */
export type PathNotes = Partial<Omit<LoraPath, 'path'>>;

/** Longer than any link, also than a pre-signed one; the trigger words in its fragment included. */
const maxPathLength = 8192;

const binaryPrefix = 'binary:';

/** The path of a LoRA in a binary field of the item. */
function binaryPath(field: string): string {
	return `${binaryPrefix}${field}`;
}

/** The binary field in a path that `readPath` returned; `undefined` for any other path. */
export function binaryFieldIn(path: string): string | undefined {
	return path.startsWith(binaryPrefix) ? path.slice(binaryPrefix.length) : undefined;
}

/** The binary field that a value with the given mode refers to; items refer to it as `binary:field`. */
function readBinaryField(mode: unknown, given: string): string | undefined {
	const text = trimmed(given);
	const named = binaryFieldIn(text);
	if (mode === 'binary') return trimmed(named ?? text);
	return mode === undefined || mode === 'list' ? named && trimmed(named) : undefined;
}

const hubId = new RegExp(`^${hubIdPattern}$`);
const urlStart = /^(https?:|[a-z][a-z\d+.-]*:\/\/)/i;

/**
 * The URL of a file of a repository: a repository with several weights files is no LoRA by itself.
 * Source: Hugging Face's own client sends providers this form.
 */
function fileUrl(repository: string, file: string): string {
	const encoded = file.split('/').map(encodeURIComponent).join('/');
	return `${huggingFaceUrl}/${repository}/resolve/main/${encoded}`;
}

/** No error of this repeats the text: it may hold a password. */
function fromUrl(text: string, field: string): string {
	if (!URL.canParse(text)) {
		throw new Failure(`${field} is not a complete URL`, {
			description:
				'Enter the https link to a .safetensors file, or a Hugging Face repository as owner/name.',
		});
	}
	const url = new URL(text);
	if (url.username !== '' || url.password !== '') {
		throw new Failure(`${field} must not contain a user name or password`, {
			description:
				'It would be sent to the provider and stored with the items. Use a link that needs no login, such as a pre-signed URL.',
		});
	}
	// A sandbox serves files over http. `assertReachable` refuses them for any other provider, before anything is sent.
	const isLoopback =
		url.protocol === 'http:' && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
	if (url.protocol !== 'https:' && !isLoopback) {
		throw new Failure(`${field} must start with https:// (got ${url.protocol}//)`);
	}
	return toFileLink(text, url, field);
}

function checkMode(mode: unknown, text: string, field: string): void {
	const isUrl = urlStart.test(text);
	if (mode === 'id' && (isUrl || !hubId.test(text))) {
		const what = isUrl ? 'a URL' : show(text);
		throw new Failure(`${field} must be owner/name or owner/name/file for By ID (got ${what})`, {
			description:
				'Enter a Hugging Face repository, such as ostris/z_image_turbo_childrens_drawings, or a .safetensors file in it, such as owner/name/file.safetensors. For a link, choose By URL.',
		});
	}
	if (mode === 'url' && !isUrl) {
		throw new Failure(`${field} must be a URL for By URL (got ${show(text)})`, {
			description:
				'Enter the https link to a .safetensors file. For a Hugging Face repository, choose By ID.',
		});
	}
}

/** The name of a file in a list of the user's own server, as it is there: folders in it, and on Windows backslashes. */
function readServerName(given: string, field: string): LoraPath | undefined {
	const name = trimmed(given);
	if (name === '') return undefined;
	if (urlStart.test(name)) {
		throw new Failure(`${field} must be the name of a file on your server, not a URL`, {
			description: "Download the file to the server's LoRA folder, then choose it from the list.",
		});
	}
	return { path: name, trigger: '' };
}

/**
 * Reads a LoRA's path in any of its forms: a text, or the value of the editor's resource locator.
 * `owner/name` and what is neither that nor a URL stay as they are (Novita takes a "URL or path");
 * `owner/name/file.safetensors` and links that people copy from their browser become what providers load. What is
 * known of a LoRA from the list is in its path's fragment (see `addNotesTo`), which is never part of the path.
 * A file in a binary field of the item is `binary:field`.
 * @param field how errors name it
 * @returns `undefined` if there isn't one
 * @throws Failure for a page that no file is behind, a URL that is not https or holds a password, what does not suit the
 * chosen mode of the resource locator, and what is too long for a path
 */
export function readPath(
	value: unknown,
	field: string,
	paths?: LoraLimits['paths'],
): LoraPath | undefined {
	const { mode, value: given } = isRecord(value) ? value : { mode: undefined, value };
	if (typeof given !== 'string') return undefined;
	if (given.length > maxPathLength) {
		throw new Failure(
			`${field} must have at most ${maxPathLength} characters (got ${given.length})`,
		);
	}
	const binaryField = readBinaryField(mode, given);
	if (binaryField !== undefined) {
		return binaryField === '' ? undefined : { path: binaryPath(binaryField), trigger: '' };
	}
	if (paths === 'serverName' || mode === 'file') return readServerName(given, field);
	const [, beforeFragment = '', fragment = ''] = /^([^#]*)#?(.*)$/s.exec(given) ?? [];
	const text = withScheme(trimmed(beforeFragment));
	if (text === '') return undefined;
	checkMode(mode, text, field);
	const notes = new URLSearchParams(fragment);
	const trigger = notes.get('trigger')?.trim() ?? '';
	const known = notes.get('file')?.trim();
	const note = { trigger, ...(known && { file: known }) };
	if (urlStart.test(text)) return { ...note, path: fromUrl(text, field) };
	const [, repository, file] = hubId.exec(text) ?? [];
	const isFile = repository !== undefined && file !== undefined;
	return { ...note, path: isFile ? fileUrl(repository, file) : text };
}

/**
 * The link of a LoRA's file, for a provider that loads nothing else.
 * @param field how errors name the path
 * @throws Failure for a repository whose file isn't known, or isn't one of weights
 */
export function toFileUrl({ path, file }: Pick<LoraPath, 'file' | 'path'>, field: string): string {
	if (urlStart.test(path) || binaryFieldIn(path) !== undefined) return path;
	const [, repository, weights] = hubId.exec(`${path}/${file ?? ''}`) ?? [];
	if (repository !== path || weights === undefined) {
		throw new Failure(`${field} must be a link to a file on this provider (got ${show(path)})`, {
			description:
				"Nothing was sent. Enter owner/name/file.safetensors, with the file name shown under Files on the LoRA's page, or the https link to the file. Or choose the LoRA from the list again, which adds its file.",
		});
	}
	return fileUrl(repository, weights);
}

/** A path with what is known of its LoRA as a fragment, as values of the list have it. Nothing is known: as it is. */
export function addNotesTo(path: string, { trigger, file }: PathNotes): string {
	const notes = new URLSearchParams({ ...(trigger && { trigger }), ...(file && { file }) });
	return notes.size === 0 ? path : `${path}#${notes.toString().replaceAll('+', '%20')}`;
}

/** A short name for a path as it is sent: a file on Hugging Face is `owner/name/file.safetensors`. */
export function nameOfPath(path: string): string {
	return path.replace(/^https:\/\/huggingface\.co\/([^/]+\/[^/]+)\/resolve\/main\//, '$1/');
}
