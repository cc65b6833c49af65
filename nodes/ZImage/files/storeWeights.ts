import type { IBinaryData, IDataObject } from 'n8n-workflow';

import { Failure } from '../errors/failure';
import type { FileHost } from '../host';
import type { Client } from '../http/client';
import { HostError } from '../http/hostError';
import { NetworkError } from '../http/networkError';
import type { StreamedAnswer } from '../http/open';
import { openUrl } from '../http/open';
import { TooManyRequests } from '../http/pacing';
import { mayVisit } from '../http/urls';
import type { ErrorKind } from '../providers/provider';
import { brokenBy, keepQuiet, peek } from './byteStream';
import { keepFile, saysWhole } from './keepFile';

/** How long a single download may take to start, and then may pause. */
const downloadTimeoutMs = 60_000;

/** The least time to download finished weights, even if their training has less time left. */
const fetchMs = 120_000;

/** What is in front of the header: its length in 8 bytes, then the header itself, which is JSON. */
const lengthBytes = 8;

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

/**
 * Whether a file begins as one in the format of safetensors.
 * Source: https://github.com/huggingface/safetensors#format
 */
function isSafetensors(head: Buffer): boolean {
	return head.length > lengthBytes && head.toString('latin1', lengthBytes, lengthBytes + 1) === '{';
}

/** Passes the file of one response on to n8n's binary store, without holding it in memory. */
async function storeDownload(
	host: FileHost,
	{ headers, body }: StreamedAnswer,
	{ fileName, task }: WeightsOptions,
	goesOn: () => void,
): Promise<IBinaryData> {
	const head = await peek(body);
	if (!isSafetensors(head.bytes)) {
		throw failure(
			`the file is not in the safetensors format (content type: ${headers['content-type'] ?? 'none'})`,
			task,
			'other',
		);
	}
	const assertWhole = (size: number) => {
		if (!saysWhole(headers, size)) throw new NetworkError('ECONNRESET');
	};
	const mimeType = 'application/octet-stream';
	if (head.isWhole) {
		assertWhole(head.bytes.length);
		return await keepFile(host, head.bytes, fileName, mimeType);
	}
	if (body.destroyed) throw brokenBy(body);
	const weights = body.compose(async function* (source: AsyncIterable<Buffer>) {
		let size = 0;
		for await (const chunk of source) {
			size += chunk.length;
			goesOn();
			yield chunk;
		}
		assertWhole(size);
	}) as unknown as typeof body;
	return await keepFile(host, keepQuiet(weights), fileName, mimeType);
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
			async (answer, _, goesOn) =>
				answer.statusCode === 200 ? await storeDownload(host, answer, options, goesOn) : undefined,
		);
		if (value) return value;
		const isGone = statusCode === 404 || statusCode === 410;
		throw failure(`HTTP ${statusCode}`, task, isGone ? 'notFound' : 'unavailable');
	} catch (error) {
		if (error instanceof TooManyRequests) throw failure('HTTP 429', task, 'rateLimit');
		if (error instanceof HostError) throw failure(`n8n: ${error.message}`, task);
		throw error instanceof NetworkError ? failure(error.code, task) : error;
	}
}
