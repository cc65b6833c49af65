import { Failure } from '../errors/failure';
import type { FileHost } from '../host';
import type { Client } from '../http/client';
import { answerFailure, formFailure } from '../http/failures';
import { NetworkError } from '../http/networkError';
import type { OpenRequest } from '../http/open';
import { openUrl } from '../http/open';
import { TooManyRequests } from '../http/pacing';
import type { ByteStream } from '../http/readBody';
import { readBody } from '../http/readBody';
import { isSuccess } from '../http/retry';
import { mayVisit } from '../http/urls';
import type {
	FileInput,
	FormUpload,
	HttpAnswer,
	HttpCall,
	PartedUpload,
	PlacedUpload,
	UploadFile,
	UploadPlace,
} from '../providers/provider';

/** A file that can be uploaded: from n8n's binary storage, or generated while it's sent. */
export interface UploadSource extends UploadFile {
	/** The same for the same file, which is uploaded once per run. */
	readonly key: string;
	/** Called for each attempt. A stream is sent without loading it into memory. */
	readonly open: () => Promise<Buffer | ByteStream>;
}

/** When an upload must be finished, in milliseconds since 1970, and what stops it. */
export interface UploadLimits {
	readonly deadline: number;
	readonly signal: AbortSignal;
}

/** Every file may take at least this long. */
const leastUploadMs = 120_000;

/** In bytes per millisecond (2 Mbit/s); slower connections are aborted. */
const leastBytesPerMs = 250;

/** How long it may take to send this many bytes, in milliseconds. */
export function uploadMs(bytes: number): number {
	return Math.max(leastUploadMs, Math.ceil(bytes / leastBytesPerMs));
}

/** The storage's responses to a part and to the list of parts are short. */
const maxAnswerBytes = 1024 * 1024;

function failure({ provider }: Client, why: string): Failure {
	return new Failure(`A file could not be uploaded to ${provider.displayName}: ${why}`, {
		kind: 'unavailable',
		description:
			"Nothing was submitted, so you won't be charged. Run again later, or provide the file as a URL.",
	});
}

function fileOf({ contentType, fileName, bytes, lifetimeSeconds }: UploadSource): UploadFile {
	const lifetime = lifetimeSeconds !== undefined && { lifetimeSeconds };
	return { contentType, fileName, bytes, ...lifetime };
}

/**
 * Sends a call to the provider's storage, and repeats it if that may help, because uploads cost nothing.
 * @param did what the error says it was doing
 */
async function askStorage<T>(
	client: Client,
	call: HttpCall,
	limits: UploadLimits,
	did: string,
	parse: (answer: HttpAnswer) => T,
): Promise<T> {
	const { provider } = client;
	const answer = await client.send(call, { purpose: 'read', ...limits });
	if (!isSuccess(answer)) {
		throw answerFailure(provider, answer, 'did not accept the file upload');
	}
	try {
		return parse(answer);
	} catch {
		throw formFailure(provider, answer, did);
	}
}

async function findPlace(
	client: Client,
	initiate: HttpCall,
	{ parseInitiate }: PlacedUpload,
	limits: UploadLimits,
): Promise<UploadPlace> {
	const did = 'when asked for an upload location';
	const place = await askStorage(client, initiate, limits, did, parseInitiate);
	if (!mayVisit(place.uploadUrl, client.storageUrl))
		throw failure(client, 'the upload location has no public https URL');
	return place;
}

/** The headers of the upload. Those that the upload location requires are sent unchanged, because its URL may be signed for them. */
function headersOf({ contentType, bytes }: UploadSource, { headers = {} }: UploadPlace) {
	const asked = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
	const own = { 'Content-Type': contentType, 'Content-Length': String(bytes) };
	const others = Object.entries(own).filter(([name]) => !asked.has(name.toLowerCase()));
	return { ...headers, ...Object.fromEntries(others) };
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/**
 * Sends a request to an upload location, without the key, and repeats it if that may help.
 * @param timeoutMs of a single attempt
 * @throws Failure when the storage doesn't accept it
 */
async function sendToPlace(
	host: FileHost,
	client: Client,
	request: Omit<OpenRequest, 'ownUrl'>,
	timeoutMs: number,
	limits: UploadLimits,
): Promise<HttpAnswer> {
	try {
		const { statusCode, headers, value } = await openUrl(
			host,
			{ ...request, ownUrl: client.storageUrl },
			{ ...limits, clock: client.clock, timeoutMs },
			async (answer) => await readBody(answer.body, maxAnswerBytes),
		);
		if (isSuccess({ statusCode })) return { statusCode, headers, body: parseJson(value) };
		throw failure(client, `HTTP ${statusCode}`);
	} catch (error) {
		if (error instanceof TooManyRequests) throw failure(client, 'HTTP 429');
		throw error instanceof NetworkError ? failure(client, error.code) : error;
	}
}

/** Requests an upload location with the key, and uploads the bytes without it. */
async function fillPlace(
	host: FileHost,
	client: Client,
	upload: PlacedUpload,
	file: UploadSource,
	limits: UploadLimits,
): Promise<string> {
	const place = await findPlace(client, upload.initiate(fileOf(file)), upload, limits);
	const { uploadUrl: url, fileUrl } = place;
	const headers = headersOf(file, place);
	const put = { method: 'PUT', url, headers, body: file.open } as const;
	await sendToPlace(host, client, put, uploadMs(file.bytes), limits);
	return fileUrl;
}

/** A file in parts of this many bytes; the last one can be shorter. Only one part is in memory at a time. */
async function* inParts(
	file: Buffer | ByteStream,
	partBytes: number,
): AsyncGenerator<Buffer, void, undefined> {
	if (Buffer.isBuffer(file)) {
		for (let start = 0; start < file.length; start += partBytes) {
			yield file.subarray(start, start + partBytes);
		}
		return;
	}
	let chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of file as AsyncIterable<Buffer>) {
		let rest = chunk;
		while (size + rest.length >= partBytes) {
			yield Buffer.concat([...chunks, rest.subarray(0, partBytes - size)], partBytes);
			rest = rest.subarray(partBytes - size);
			chunks = [];
			size = 0;
		}
		chunks.push(rest);
		size += rest.length;
	}
	if (size > 0) yield Buffer.concat(chunks, size);
}

/** Requests an upload location with the key, uploads the parts without it, and has them joined. */
async function fillPlaceInParts(
	host: FileHost,
	client: Client,
	upload: PlacedUpload,
	parts: PartedUpload,
	file: UploadSource,
	limits: UploadLimits,
): Promise<string> {
	const { uploadUrl, fileUrl } = await findPlace(
		client,
		parts.initiate(fileOf(file)),
		upload,
		limits,
	);
	const names: unknown[] = [];
	for await (const part of inParts(await file.open(), parts.partBytes)) {
		const number = names.length + 1;
		const put = {
			method: 'PUT',
			url: parts.partUrl(uploadUrl, number),
			// Without a type, n8n's HTTP client would send it as a form.
			headers: {
				'Content-Type': 'application/octet-stream',
				'Content-Length': String(part.length),
			},
			body: () => Promise.resolve(part),
		} as const;
		const answer = await sendToPlace(host, client, put, uploadMs(part.length), limits);
		try {
			names.push(parts.parsePart(answer, number));
		} catch {
			throw failure(client, `the response to part ${number} has an unexpected form`);
		}
	}
	const list = Buffer.from(JSON.stringify(parts.completeBody(names)));
	const complete = {
		method: 'POST',
		url: parts.completeUrl(uploadUrl),
		headers: { 'Content-Type': 'application/json', 'Content-Length': String(list.length) },
		body: () => Promise.resolve(list),
	} as const;
	await sendToPlace(host, client, complete, leastUploadMs, limits);
	return fileUrl;
}

/** Sends the file with the key, as a form. This loads it into memory. */
async function sendForm(
	{ helpers }: FileHost,
	client: Client,
	{ upload, parseUpload }: FormUpload,
	file: UploadSource,
	limits: UploadLimits,
): Promise<string> {
	const opened = await file.open();
	const bytes = Buffer.isBuffer(opened) ? opened : await helpers.binaryToBuffer(opened);
	const call = upload(fileOf(file), bytes);
	return await askStorage(client, call, limits, 'when a file was uploaded', parseUpload);
}

/**
 * Uploads a file to the provider's storage.
 * @returns how requests refer to the file: its URL or its name
 * @throws Failure when the upload fails; then nothing is submitted
 */
async function uploadFile(
	host: FileHost,
	client: Client,
	upload: NonNullable<FileInput['upload']>,
	file: UploadSource,
	limits: UploadLimits,
): Promise<string> {
	if ('upload' in upload) return await sendForm(host, client, upload, file, limits);
	const { parts } = upload;
	return parts && file.bytes > parts.aboveBytes
		? await fillPlaceInParts(host, client, upload, parts, file, limits)
		: await fillPlace(host, client, upload, file, limits);
}

/** The files that a run has uploaded to the provider's storage, by their keys. */
const uploads = new WeakMap<Client, Map<string, Promise<string>>>();

/**
 * Uploads a file as `uploadFile` does, but once per run, no matter how many tasks and items use it.
 * @param client of the run
 * @throws Failure when the upload fails; then everyone else who waits for it tries again
 */
export async function uploadOnce(
	...[host, client, upload, file, limits]: Parameters<typeof uploadFile>
): Promise<string> {
	const ofRun = uploads.get(client) ?? new Map<string, Promise<string>>();
	uploads.set(client, ofRun);
	for (let known; (known = ofRun.get(file.key)) !== undefined;) {
		try {
			return await known;
		} catch {
			// The other item may have run out of time; this one has its own deadline.
		}
	}
	const uploading = uploadFile(host, client, upload, file, limits);
	ofRun.set(file.key, uploading);
	return await uploading.catch((error: unknown) => {
		ofRun.delete(file.key);
		throw error;
	});
}
