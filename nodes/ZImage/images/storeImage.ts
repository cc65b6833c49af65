import type { IBinaryData, IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { Failure } from '../errors/failure';
import type { Client } from '../http/client';
import { NetworkError, toNetworkError } from '../http/networkError';
import { Pacing, TooManyRequests } from '../http/pacing';
import type { ByteStream } from '../http/readBody';
import { withRetries } from '../http/retrying';
import { mayVisit } from '../http/urls';
import { guardImage, peek } from './imageStream';
import type { ImageType } from './imageType';
import { isWholeImage, readImageType } from './imageType';

/** The largest image that is taken. */
export const maxImageBytes = 64 * 1024 * 1024;

/** A single download may take this long to begin and to pass on its first bytes. */
const downloadTimeoutMs = 60_000;

const timedOut = new NetworkError('ETIMEDOUT');

interface StoreOptions {
	/** Names the file once its true type is known. */
	readonly fileNameFor: (extension: string) => string;
	readonly deadline: number;
	readonly signal: AbortSignal;
	/** The paid task, with the image's URL; an error hands it out. */
	readonly task: IDataObject;
}

export interface StoredImage {
	readonly binary: IBinaryData;
	readonly type: ImageType;
}

interface Download {
	readonly statusCode: number;
	readonly headers: Record<string, string>;
	readonly body: ByteStream;
}

function failure(message: string, task: IDataObject): Failure {
	return new Failure(message, {
		description: [
			'The image is made and paid for.',
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
		? `The image is larger than ${maxImageBytes / 1024 / 1024} MiB and is not downloaded`
		: `The image could not be downloaded (${code})`;
}

function notAnImage(contentType: string | undefined, task: IDataObject): Failure {
	return failure(
		`The provider's file is not a PNG, JPEG or WebP image (it is called ${contentType ?? 'nothing'})`,
		task,
	);
}

/** Stores the bytes that a provider sent inside of its answer. */
async function storeInline(
	context: IExecuteFunctions,
	dataUri: string,
	{ fileNameFor, task }: StoreOptions,
): Promise<StoredImage> {
	const bytes = Buffer.from(dataUri.slice(dataUri.indexOf(',') + 1), 'base64');
	const type = readImageType(bytes);
	if (!type || !isWholeImage(type, bytes, bytes.length, bytes)) {
		throw notAnImage(dataUri.slice('data:'.length, dataUri.indexOf(',')), task);
	}
	const fileName = fileNameFor(type.extension);
	return { binary: await context.helpers.prepareBinaryData(bytes, fileName, type.mimeType), type };
}

function wholeImage(type: ImageType, bytes: Buffer): Buffer {
	if (isWholeImage(type, bytes, bytes.length, bytes)) return bytes;
	throw new NetworkError('ECONNRESET');
}

/** Passes the image of one answer on to n8n's binary store, without holding it in memory. */
async function storeDownload(
	context: IExecuteFunctions,
	{ headers, body }: Download,
	{ fileNameFor, task }: StoreOptions,
): Promise<StoredImage> {
	if (Number(headers['content-length'] ?? 0) > maxImageBytes) throw new NetworkError('EMSGSIZE');
	const head = await peek(body);
	const type = readImageType(head.bytes);
	if (!type) throw notAnImage(headers['content-type'], task);
	const image = head.isWhole
		? wholeImage(type, head.bytes)
		: guardImage(body, type, head.bytes, maxImageBytes);
	const fileName = fileNameFor(type.extension);
	return { binary: await context.helpers.prepareBinaryData(image, fileName, type.mimeType), type };
}

/**
 * Fetches a finished image, without the provider's key, and puts it into n8n's binary store.
 * @throws Failure when there is no way to have its bytes
 */
export async function storeImage(
	context: IExecuteFunctions,
	{ baseUrl, clock }: Client,
	url: string,
	options: StoreOptions,
): Promise<StoredImage> {
	const { deadline, signal, task } = options;
	if (url.startsWith('data:')) return await storeInline(context, url, options);
	if (!mayVisit(url, baseUrl)) {
		throw failure('The image has no https URL, and is not downloaded', task);
	}
	const attempt = async () => {
		const timeoutMs = Math.ceil(Math.max(1, Math.min(downloadTimeoutMs, deadline - clock.now())));
		const timeout = AbortSignal.timeout(timeoutMs);
		let answer: Download | undefined;
		try {
			answer = (await context.helpers.httpRequest({
				method: 'GET',
				url,
				encoding: 'stream',
				returnFullResponse: true,
				ignoreHttpStatusErrors: true,
				timeout: timeoutMs,
				abortSignal: AbortSignal.any([signal, timeout]),
			})) as Download;
			const { statusCode, headers } = answer;
			if (statusCode !== 200) return { statusCode, headers, stored: undefined };
			return { statusCode, headers, stored: await storeDownload(context, answer, options) };
		} catch (error) {
			signal.throwIfAborted();
			throw (timeout.aborted ? timedOut : toNetworkError(error)) ?? error;
		} finally {
			answer?.body.destroy();
		}
	};
	try {
		const { statusCode, stored } = await withRetries(
			{ purpose: 'read', clock, signal, deadline, pacing: new Pacing(clock) },
			attempt,
		);
		if (stored) return stored;
		throw failure(`The image could not be downloaded (HTTP ${statusCode})`, task);
	} catch (error) {
		if (error instanceof TooManyRequests) {
			throw failure('The image could not be downloaded in time (HTTP 429)', task);
		}
		throw error instanceof NetworkError ? failure(describeFault(error), task) : error;
	}
}
