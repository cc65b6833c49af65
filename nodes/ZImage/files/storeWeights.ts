import type { IBinaryData, IDataObject } from 'n8n-workflow';

import { Failure } from '../errors/failure';
import type { FileHost } from '../host';
import type { Client } from '../http/client';
import { HostError } from '../http/hostError';
import { NetworkError } from '../http/networkError';
import type { StreamedAnswer } from '../http/open';
import { openUrl } from '../http/open';
import { TooManyRequests } from '../http/pacing';
import type { ByteStream } from '../http/readBody';
import { mayVisit } from '../http/urls';
import type { ErrorKind } from '../providers/provider';
import { brokenBy, keepQuiet, peek } from './byteStream';
import { keepFile } from './keepFile';
import { headerEnd, lengthBytes, wholeBytes } from './safetensors';

/** How long a single download may take to start, and then may pause. */
const downloadTimeoutMs = 60_000;

/** The least time to download finished weights, even if their training has less time left. */
const fetchMs = 120_000;

/** The largest file that is downloaded. A whole model is larger than the LoRA for it. */
const maxWeightsBytes = 2 * 1024 * 1024 * 1024;

interface WeightsOptions {
	/** With its extension. */
	readonly fileName: string;
	readonly deadline: number;
	readonly signal: AbortSignal;
	/** The paid task, with the URL of the weights. An error returns it. */
	readonly task: IDataObject;
}

function failure(why: string, task: IDataObject, kind: ErrorKind = 'unavailable'): Failure {
	return new Failure(`The weights could not be downloaded: ${why}`, {
		kind,
		description: [
			'The LoRA was trained and may have been charged. Get Task Result can fetch it.',
			typeof task.url === 'string' && `URL of the weights: ${task.url}`,
			typeof task.expiresAt === 'string' && `(until ${task.expiresAt})`,
		]
			.filter(Boolean)
			.join(' '),
		task,
	});
}

function describeFault({ code }: NetworkError): string {
	return code === 'EMSGSIZE' ? 'they are larger than 2 GiB' : code;
}

/**
 * Passes weights on while they arrive, and breaks the stream if they are too large (`EMSGSIZE`) or end before the end that
 * their header tells (`ECONNRESET`).
 * @param end where the header ends
 */
function guardWeights(stream: ByteStream, end: number, goesOn: () => void): ByteStream {
	if (stream.destroyed) throw brokenBy(stream);
	const guarded = stream.compose(async function* (source: AsyncIterable<Buffer>) {
		const beginning: Buffer[] = [];
		let size = 0;
		for await (const chunk of source) {
			if (size < end) beginning.push(chunk);
			size += chunk.length;
			if (size > maxWeightsBytes) throw new NetworkError('EMSGSIZE');
			goesOn();
			yield chunk;
		}
		const wanted = wholeBytes(Buffer.concat(beginning), size) ?? Infinity;
		if (size < wanted) throw new NetworkError('ECONNRESET');
	}) as unknown as ByteStream;
	// A small file can fail before its reader listens.
	return keepQuiet(guarded);
}

/** Passes the file of one response on to n8n's binary store, without holding it in memory. */
async function storeDownload(
	host: FileHost,
	{ headers, body }: StreamedAnswer,
	{ fileName, task }: WeightsOptions,
	goesOn: () => void,
): Promise<IBinaryData> {
	if (Number(headers['content-length'] ?? 0) > maxWeightsBytes) throw new NetworkError('EMSGSIZE');
	const { bytes, isWhole } = await peek(body);
	// Too short to tell what it was to become.
	if (isWhole && bytes.length <= lengthBytes) throw new NetworkError('ECONNRESET');
	const end = headerEnd(bytes, Infinity);
	// Of a header that isn't all there yet, the rest comes with the stream.
	const wanted = end !== undefined && end <= bytes.length ? wholeBytes(bytes) : Infinity;
	if (end === undefined || !wanted) {
		throw failure(
			`the file is not in the safetensors format (content type: ${headers['content-type'] ?? 'none'})`,
			task,
			'other',
		);
	}
	if (isWhole && bytes.length < wanted) throw new NetworkError('ECONNRESET');
	const weights = isWhole ? bytes : guardWeights(body, end, goesOn);
	return await keepFile(host, weights, fileName, 'application/octet-stream');
}

/**
 * Downloads the weights of a LoRA, without the provider's key, and puts them into n8n's binary store.
 * @throws Failure when they aren't available
 */
export async function storeWeights(
	host: FileHost,
	client: Client,
	url: string,
	options: WeightsOptions,
): Promise<IBinaryData> {
	const { baseUrl, clock } = client;
	const { task, signal } = options;
	if (!mayVisit(url, baseUrl)) throw failure('they have no public https URL', task, 'other');
	const deadline = Math.max(options.deadline, clock.now() + fetchMs);
	try {
		const { statusCode, value } = await openUrl(
			host,
			{ method: 'GET', url, ownUrl: baseUrl },
			{ clock, signal, deadline, timeoutMs: downloadTimeoutMs },
			async (answer, goesOn) =>
				answer.statusCode === 200 ? await storeDownload(host, answer, options, goesOn) : undefined,
		);
		if (value) return value;
		const isGone = statusCode === 404 || statusCode === 410;
		throw failure(`HTTP ${statusCode}`, task, isGone ? 'notFound' : 'unavailable');
	} catch (error) {
		if (error instanceof TooManyRequests) throw failure('HTTP 429', task, 'rateLimit');
		if (error instanceof HostError) throw failure(`n8n: ${error.message}`, task);
		throw error instanceof NetworkError ? failure(describeFault(error), task) : error;
	}
}
