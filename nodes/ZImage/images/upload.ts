import { Failure } from '../errors/failure';
import type { FileHost } from '../host';
import type { Client } from '../http/client';
import { answerFailure, formFailure } from '../http/failures';
import { NetworkError } from '../http/networkError';
import { openUrl } from '../http/open';
import { TooManyRequests } from '../http/pacing';
import { isSuccess } from '../http/retry';
import { mayVisit } from '../http/urls';
import type {
	FileInput,
	FormUpload,
	HttpAnswer,
	HttpCall,
	PlacedUpload,
	UploadFile,
	UploadPlace,
} from '../providers/provider';
import type { BinaryImage } from './binaryImage';

/** Sending one file may take this long. */
const uploadTimeoutMs = 120_000;

/** Until when an upload has to be done, in milliseconds since 1970, and what stops it. */
export interface UploadLimits {
	readonly deadline: number;
	readonly signal: AbortSignal;
}

function failure({ provider }: Client, why: string): Failure {
	return new Failure(`A file could not be uploaded to ${provider.displayName}: ${why}`, {
		kind: 'unavailable',
		description:
			"Nothing was submitted, so you won't be charged. Run again later, or provide the image as a URL.",
	});
}

function fileOf({ type, fileName, bytes }: BinaryImage): UploadFile {
	return { contentType: type.mimeType, fileName, bytes };
}

/**
 * Sends a call to the provider's storage, again where that may help: nothing of it is paid.
 * @param did what it was doing, in the words of an error
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
	{ initiate, parseInitiate }: PlacedUpload,
	image: BinaryImage,
	limits: UploadLimits,
): Promise<UploadPlace> {
	const call = initiate(fileOf(image));
	const place = await askStorage(
		client,
		call,
		limits,
		'when asked for an upload location',
		parseInitiate,
	);
	if (!mayVisit(place.uploadUrl, client.storageUrl))
		throw failure(client, 'the upload location has no public https URL');
	return place;
}

/** The headers of the bytes. Those that the place asks for are sent exactly so: its URL may be signed for them. */
function headersOf({ type, bytes }: BinaryImage, { headers = {} }: UploadPlace) {
	const asked = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
	const own = { 'Content-Type': type.mimeType, 'Content-Length': String(bytes) };
	const others = Object.entries(own).filter(([name]) => !asked.has(name.toLowerCase()));
	return { ...headers, ...Object.fromEntries(others) };
}

/** Asks for a place with the key, and puts the bytes there without. */
async function fillPlace(
	host: FileHost,
	client: Client,
	upload: PlacedUpload,
	image: BinaryImage,
	limits: UploadLimits,
): Promise<string> {
	const place = await findPlace(client, upload, image, limits);
	try {
		const { statusCode } = await openUrl(
			host,
			{
				method: 'PUT',
				url: place.uploadUrl,
				headers: headersOf(image, place),
				body: image.open,
				ownUrl: client.storageUrl,
			},
			{ ...limits, clock: client.clock, timeoutMs: uploadTimeoutMs },
			async () => await Promise.resolve(),
		);
		if (isSuccess({ statusCode })) return place.fileUrl;
		throw failure(client, `HTTP ${statusCode}`);
	} catch (error) {
		if (error instanceof TooManyRequests) throw failure(client, 'HTTP 429');
		throw error instanceof NetworkError ? failure(client, error.code) : error;
	}
}

async function sendForm(
	client: Client,
	{ upload, parseUpload }: FormUpload,
	image: BinaryImage,
	limits: UploadLimits,
): Promise<string> {
	const call = upload(fileOf(image), await image.read());
	return await askStorage(client, call, limits, 'when a file was uploaded', parseUpload);
}

/**
 * Puts a file into the provider's storage.
 * @returns what a request calls the file then: its URL, or its name
 * @throws Failure when the file could not be put there; nothing is submitted then
 */
async function uploadImage(
	host: FileHost,
	client: Client,
	upload: NonNullable<FileInput['upload']>,
	image: BinaryImage,
	limits: UploadLimits,
): Promise<string> {
	return 'upload' in upload
		? await sendForm(client, upload, image, limits)
		: await fillPlace(host, client, upload, image, limits);
}

/** The files that a run has put into the provider's storage, by their keys. */
const uploads = new WeakMap<Client, Map<string, Promise<string>>>();

/**
 * Puts a file into the provider's storage as `uploadImage` does, once in a run: for however many tasks and items.
 * @param client of the run
 * @throws Failure when the file could not be put there; each of the others that wait for it tries it again then
 */
export async function uploadOnce(
	...[host, client, upload, image, limits]: Parameters<typeof uploadImage>
): Promise<string> {
	const ofRun = uploads.get(client) ?? new Map<string, Promise<string>>();
	uploads.set(client, ofRun);
	for (let known; (known = ofRun.get(image.key)) !== undefined;) {
		try {
			return await known;
		} catch {
			// The other item's time may have been up; this one has its own.
		}
	}
	const uploading = uploadImage(host, client, upload, image, limits);
	ofRun.set(image.key, uploading);
	return await uploading.catch((error: unknown) => {
		ofRun.delete(image.key);
		throw error;
	});
}
