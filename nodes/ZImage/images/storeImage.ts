import type { IBinaryData, IDataObject } from 'n8n-workflow';

import { Failure } from '../errors/failure';
import { peek } from '../files/byteStream';
import { keepFile, saysWhole } from '../files/keepFile';
import type { FileHost } from '../host';
import type { Client } from '../http/client';
import { HostError } from '../http/hostError';
import { NetworkError } from '../http/networkError';
import type { ReadAnswer, StreamedAnswer } from '../http/open';
import { openUrl } from '../http/open';
import { TooManyRequests } from '../http/pacing';
import { withPatience } from '../http/retrying';
import { mayVisit } from '../http/urls';
import type { ErrorKind, ImageSource } from '../providers/provider';
import { ImageScan } from './imageScan';
import { guardImage } from './imageStream';
import type { ImageType } from './imageType';
import { isCutInSignature, readImageType, scanBytes } from './imageType';

/** The largest image that is downloaded. */
export const maxImageBytes = 64 * 1024 * 1024;

/** How long a single download may take to start, and then may pause. */
const downloadTimeoutMs = 60_000;

/** The least time to download a finished image, even if its task has less time left. */
const fetchMs = 15_000;

interface StoreOptions {
	/** Names the file once its actual type is known. */
	readonly fileNameFor: (extension: string) => string;
	readonly deadline: number;
	readonly signal: AbortSignal;
	/** The paid task, with the image's URL; an error carries it. */
	readonly task: IDataObject;
}

export interface StoredImage {
	readonly binary: IBinaryData;
	readonly type: ImageType;
}

function failure(message: string, task: IDataObject, kind: ErrorKind = 'unavailable'): Failure {
	return new Failure(message, {
		kind,
		description: [
			'The image was generated and may have been charged.',
			task.taskId && 'Get Task Result can fetch it.',
			typeof task.url === 'string' && `Image URL: ${task.url}`,
			typeof task.expiresAt === 'string' && `(until ${task.expiresAt})`,
		]
			.filter(Boolean)
			.join(' '),
		task,
	});
}

function describeFault({ code }: NetworkError): string {
	return code === 'EMSGSIZE'
		? `The image is larger than ${maxImageBytes / 1024 / 1024} MiB and was not downloaded`
		: `The image could not be downloaded (${code})`;
}

function notAnImage(contentType: string | undefined, task: IDataObject): Failure {
	return failure(
		`The provider's file is not a PNG, JPEG or WebP image (content type: ${contentType ?? 'none'})`,
		task,
		'other',
	);
}

/** Stores the bytes that a provider sent inside its answer. */
async function storeInline(
	host: FileHost,
	{ clock }: Client,
	dataUri: string,
	{ fileNameFor, task, deadline, signal }: StoreOptions,
): Promise<StoredImage> {
	const bytes = Buffer.from(dataUri.slice(dataUri.indexOf(',') + 1), 'base64');
	const scan = scanBytes(bytes);
	const { type } = scan;
	if (!type || !scan.isWhole(true)) {
		throw notAnImage(dataUri.slice('data:'.length, dataUri.indexOf(',')), task);
	}
	const fileName = fileNameFor(type.extension);
	const store = async () => await keepFile(host, bytes, fileName, type.mimeType);
	return { binary: await withPatience({ clock, deadline, signal }, store), type };
}

/** Passes the image of one answer on to n8n's binary store, without holding it in memory. */
async function storeDownload(
	host: FileHost,
	{ headers, body }: StreamedAnswer,
	{ fileNameFor, task }: StoreOptions,
	goesOn: () => void,
): Promise<StoredImage> {
	if (Number(headers['content-length'] ?? 0) > maxImageBytes) throw new NetworkError('EMSGSIZE');
	const head = await peek(body);
	const type = readImageType(head.bytes);
	if (!type) {
		if (head.isWhole && isCutInSignature(head.bytes)) throw new NetworkError('ECONNRESET');
		throw notAnImage(headers['content-type'], task);
	}
	const cameWhole = (size: number) => saysWhole(headers, size);
	const scan = head.isWhole ? scanBytes(head.bytes) : new ImageScan();
	if (head.isWhole && !scan.isWhole(cameWhole(scan.size))) throw new NetworkError('ECONNRESET');
	const image = head.isWhole
		? head.bytes
		: guardImage(body, scan, maxImageBytes, cameWhole, goesOn);
	const fileName = fileNameFor(type.extension);
	const binary = await keepFile(host, image, fileName, type.mimeType);
	// The rotation may be known only from the whole file.
	return { binary, type: scan.type ?? type };
}

/** Downloads an image; nothing of an unsuccessful answer is stored. */
async function fetchImage(
	host: FileHost,
	client: Client,
	image: Exclude<ImageSource, { inline: string }>,
	options: StoreOptions,
): Promise<ReadAnswer<StoredImage | undefined>> {
	const { deadline, signal } = options;
	const limits = { deadline, signal, timeoutMs: downloadTimeoutMs };
	const store = async (answer: StreamedAnswer, goesOn: () => void) =>
		answer.statusCode === 200 ? await storeDownload(host, answer, options, goesOn) : undefined;
	if ('call' in image) return await client.open(image.call, limits, store);
	const { url } = image;
	if (!mayVisit(url, client.baseUrl)) {
		throw failure(
			'The image has no public https URL and was not downloaded',
			options.task,
			'other',
		);
	}
	const request = { method: 'GET', url, ownUrl: client.baseUrl } as const;
	return await openUrl(host, request, { ...limits, clock: client.clock }, store);
}

/**
 * Downloads a finished image and puts it in n8n's binary storage. URLs are fetched without the provider's
 * key.
 * @throws Failure when its bytes aren't available
 */
export async function storeImage(
	host: FileHost,
	client: Client,
	image: ImageSource,
	given: StoreOptions,
): Promise<StoredImage> {
	const { task } = given;
	const options = { ...given, deadline: Math.max(given.deadline, client.clock.now() + fetchMs) };
	try {
		if ('inline' in image) return await storeInline(host, client, image.inline, options);
		const { statusCode, value: stored } = await fetchImage(host, client, image, options);
		if (stored) return stored;
		const isGone = statusCode === 404 || statusCode === 410;
		throw failure(
			`The image could not be downloaded (HTTP ${statusCode})`,
			task,
			isGone ? 'notFound' : 'unavailable',
		);
	} catch (error) {
		if (error instanceof TooManyRequests) {
			throw failure(
				'The image could not be downloaded before the timeout (HTTP 429)',
				task,
				'rateLimit',
			);
		}
		if (error instanceof HostError) {
			throw failure(`n8n could not store the image file: ${error.message}`, task);
		}
		throw error instanceof NetworkError ? failure(describeFault(error), task) : error;
	}
}
