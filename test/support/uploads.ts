import type { IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';
import { Readable } from 'stream';

import type { Client, SendOptions } from '../../nodes/ZImage/http/client';
import type { ByteStream } from '../../nodes/ZImage/http/readBody';
import { fal } from '../../nodes/ZImage/providers/fal';
import type { HttpAnswer, HttpCall } from '../../nodes/ZImage/providers/provider';
import type { RecordingClock } from './recordingClock';
import { recordingClock } from './recordingClock';
import { strictContext } from './strictContext';
import { bytesOf } from './files';

export const place = {
	upload_url: 'https://v3.fal.media/upload/a?signature=b',
	file_url: 'https://v3.fal.media/files/a.png',
};

export const placeAnswer: HttpAnswer = { statusCode: 200, headers: {}, body: place };

/** The result of a PUT: a response or a network error. */
export type PutReply =
	Error | { statusCode?: number; headers?: Record<string, string>; body?: string };

export interface Uploads {
	readonly client: Client;
	readonly clock: RecordingClock;
	/** The calls to fal with the key. */
	readonly calls: Array<{ call: HttpCall; options: SendOptions }>;
	/** The requests without the key, with the uploaded bytes. */
	readonly puts: Array<{ options: IHttpRequestOptions; bytes: Buffer }>;
	/** The bodies of their responses. */
	readonly answers: ByteStream[];
	readonly httpRequest: (options: IHttpRequestOptions) => Promise<unknown>;
}

/** A client for fal and its storage. Both answer from lists, and then normally. */
export function fakeUploads(
	answers: ReadonlyArray<Error | HttpAnswer> = [],
	replies: readonly PutReply[] = [],
	storageUrl: string = fal.defaultStorageUrl,
	requestMs = 0,
): Uploads {
	const clock = recordingClock();
	const calls: Uploads['calls'] = [];
	const puts: Uploads['puts'] = [];
	const bodies: ByteStream[] = [];
	return {
		clock,
		calls,
		puts,
		answers: bodies,
		client: strictContext({
			provider: fal,
			storageUrl,
			clock,
			async send(call: HttpCall, options: SendOptions) {
				const answer = answers[calls.length] ?? placeAnswer;
				calls.push({ call, options });
				clock.advance(requestMs);
				await Promise.resolve();
				if (answer instanceof Error) throw answer;
				return answer;
			},
		}) as never,
		async httpRequest(options) {
			const reply = replies[puts.length] ?? {};
			puts.push({ options, bytes: await bytesOf(options.body as ByteStream) });
			clock.advance(requestMs);
			if (reply instanceof Error) throw reply;
			const body: ByteStream = Readable.from([Buffer.from(reply.body ?? '<Error/>')]);
			bodies.push(body);
			return { statusCode: 200, headers: {}, ...reply, body };
		},
	};
}

/** A node's context that offers only requests without a key. */
export function contextFor({ httpRequest }: Uploads): IExecuteFunctions {
	return strictContext({ helpers: strictContext({ httpRequest }) });
}
