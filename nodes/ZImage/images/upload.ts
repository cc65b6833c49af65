import type { IExecuteFunctions } from 'n8n-workflow';

import { Failure } from '../errors/failure';
import type { Client } from '../http/client';
import { answerFailure, formFailure } from '../http/failures';
import { NetworkError, toNetworkError } from '../http/networkError';
import { Pacing, TooManyRequests } from '../http/pacing';
import type { ByteStream } from '../http/readBody';
import { withRetries } from '../http/retrying';
import { mayVisit } from '../http/urls';
import type { FileInput, UploadPlace } from '../providers/provider';
import type { BinaryImage } from './binaryImage';

/** Sending one file may take this long. */
const uploadTimeoutMs = 120_000;

/** Until when an upload has to be done, in milliseconds since 1970, and what stops it. */
export interface UploadLimits {
	readonly deadline: number;
	readonly signal: AbortSignal;
}

interface UploadAnswer {
	readonly statusCode: number;
	readonly headers: Record<string, string>;
	readonly body: ByteStream;
}

function failure({ provider }: Client, why: string): Failure {
	return new Failure(`A file could not be uploaded to ${provider.displayName}: ${why}`, {
		description:
			'Nothing was submitted, and nothing is to be paid. Run again later, or give the image as a URL.',
	});
}

async function findPlace(
	client: Client,
	{ initiate, parseInitiate }: NonNullable<FileInput['upload']>,
	{ type, fileName }: BinaryImage,
	limits: UploadLimits,
): Promise<UploadPlace> {
	const { provider, storageUrl } = client;
	const call = initiate({ contentType: type.mimeType, fileName });
	const answer = await client.send(call, { purpose: 'read', ...limits });
	if (answer.statusCode < 200 || answer.statusCode > 299) {
		throw answerFailure(provider, answer, 'did not take a file into its storage');
	}
	let place: UploadPlace;
	try {
		place = parseInitiate(answer.body);
	} catch {
		throw formFailure(provider, answer, 'was asked for a place in its storage');
	}
	if (!mayVisit(place.uploadUrl, storageUrl)) throw failure(client, 'its place has no https URL');
	return place;
}

/**
 * Puts a file into the provider's storage: the place is asked for with the key, the bytes go there without.
 * @returns the URL by which a request names the file
 * @throws Failure when the file could not be put there; nothing is submitted then
 */
export async function uploadImage(
	context: IExecuteFunctions,
	client: Client,
	upload: NonNullable<FileInput['upload']>,
	image: BinaryImage,
	limits: UploadLimits,
): Promise<string> {
	const { clock } = client;
	const { deadline, signal } = limits;
	const { uploadUrl, fileUrl } = await findPlace(client, upload, image, limits);
	const attempt = async () => {
		const timeoutMs = Math.ceil(Math.max(1, Math.min(uploadTimeoutMs, deadline - clock.now())));
		try {
			const answer = (await context.helpers.httpRequest({
				method: 'PUT',
				url: uploadUrl,
				headers: {
					'Content-Type': image.type.mimeType,
					'Content-Length': String(image.bytes),
				},
				body: await image.open(),
				encoding: 'stream',
				returnFullResponse: true,
				ignoreHttpStatusErrors: true,
				disableFollowRedirect: true,
				timeout: timeoutMs,
				abortSignal: signal,
			})) as UploadAnswer;
			answer.body.destroy();
			return { statusCode: answer.statusCode, headers: answer.headers };
		} catch (error) {
			signal.throwIfAborted();
			throw toNetworkError(error) ?? error;
		}
	};
	try {
		const { statusCode } = await withRetries(
			{ purpose: 'read', clock, signal, deadline, pacing: new Pacing(clock) },
			attempt,
		);
		if (statusCode >= 200 && statusCode <= 299) return fileUrl;
		throw failure(client, `HTTP ${statusCode}`);
	} catch (error) {
		if (error instanceof TooManyRequests) throw failure(client, 'HTTP 429');
		throw error instanceof NetworkError ? failure(client, error.code) : error;
	}
}
