import type { FastifyRequest } from 'fastify';
import { type Service, type TlsFiles, bodyOf, createService, jsonOf } from './service';

export const SLACK_TOKEN = 'xoxb-sandbox-slack';
export const SLACK_HOSTS = ['slack.com', 'files.slack.com'];

/** A file that was shared in a channel. */
export interface SharedFile {
	readonly name: string;
	readonly title: string;
	readonly channel: string | undefined;
	readonly comment: string | undefined;
	readonly bytes: Buffer;
}

export interface SlackService extends Service {
	/** Every file that was uploaded and then shared, in order. */
	readonly files: SharedFile[];
}

interface Upload {
	readonly name: string;
	readonly length: number;
	bytes?: Buffer;
}

interface Completion {
	readonly files?: ReadonlyArray<{ readonly id: string; readonly title?: string }>;
	readonly channel_id?: string;
	readonly initial_comment?: string;
}

/** The content of the first part of a multipart body. */
function firstPartOf(request: FastifyRequest): Buffer {
	const body = bodyOf(request);
	const start = body.indexOf('\r\n\r\n') + 4;
	const boundary = body.subarray(0, body.indexOf('\r\n'));
	return body.subarray(start, body.indexOf(boundary, start) - 2);
}

/**
 * Slack, as far as it takes files: ask for an address, upload to it, share. An error is a 200 with `ok: false`.
 * [docs.slack.dev: files.getUploadURLExternal, files.completeUploadExternal]
 */
export function createSlack(tls: TlsFiles): SlackService {
	const service = createService(tls);
	const uploads = new Map<string, Upload>();
	const files: SharedFile[] = [];
	const isOurs = ({ headers }: FastifyRequest) => headers.authorization === `Bearer ${SLACK_TOKEN}`;
	const failed = (error: string) => ({ ok: false, error });

	service.host.get('/api/files.getUploadURLExternal', (request) => {
		if (!isOurs(request)) return failed('invalid_auth');
		const { filename, length } = request.query as Record<string, string | undefined>;
		if (!filename || !Number(length)) return failed('invalid_arguments');
		const id = `F${uploads.size + 1}`;
		uploads.set(id, { name: filename, length: Number(length) });
		return { ok: true, upload_url: `https://files.slack.com/upload/v1/${id}`, file_id: id };
	});
	service.host.post('/upload/v1/:id', async (request, reply) => {
		const upload = uploads.get((request.params as { id: string }).id);
		const bytes = firstPartOf(request);
		if (!upload || bytes.length !== upload.length) return await reply.code(400).send('failed');
		upload.bytes = bytes;
		return `OK - ${bytes.length}`;
	});
	service.host.post('/api/files.completeUploadExternal', (request) => {
		if (!isOurs(request)) return failed('invalid_auth');
		const { files: wanted = [], channel_id, initial_comment } = jsonOf(request) as Completion;
		const shared = wanted.flatMap(({ id, title }): SharedFile[] => {
			const { name = '', bytes } = uploads.get(id) ?? {};
			const of = { channel: channel_id, comment: initial_comment, title: title ?? name };
			return bytes ? [{ ...of, name, bytes }] : [];
		});
		if (shared.length !== wanted.length) return failed('file_not_found');
		files.push(...shared);
		return { ok: true, files: wanted };
	});
	return { ...service, files };
}
