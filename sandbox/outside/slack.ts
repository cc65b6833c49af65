import type { FastifyRequest } from 'fastify';
import { type Service, type TlsFiles, createService, formOf, jsonOf } from './service';

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
	/** Every posted message as it was sent, in order. */
	readonly messages: Message[];
}

/** The parts of a message that a test reads. An approval's button contains the URL that it opens. */
export interface Message {
	readonly channel: string;
	readonly text?: string;
	readonly blocks?: ReadonlyArray<{
		readonly text?: { readonly text: string };
		readonly elements?: ReadonlyArray<{
			readonly text: { readonly text: string };
			readonly url?: string;
		}>;
	}>;
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

/**
 * The part of Slack that accepts messages and files: request an upload URL, upload to it, share. An error is a
 * 200 with `ok: false`. [docs.slack.dev: chat.postMessage, files.getUploadURLExternal,
 * files.completeUploadExternal]
 */
export function createSlack(tls: TlsFiles): SlackService {
	const service = createService(tls);
	const uploads = new Map<string, Upload>();
	const files: SharedFile[] = [];
	const messages: Message[] = [];
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
		const [[, file] = []] = await formOf(request);
		if (!upload || !(file instanceof File) || file.size !== upload.length) {
			return await reply.code(400).send('failed');
		}
		upload.bytes = Buffer.from(await file.arrayBuffer());
		return `OK - ${file.size}`;
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
	service.host.post('/api/chat.postMessage', (request) => {
		if (!isOurs(request)) return failed('invalid_auth');
		const message = jsonOf(request) as Message;
		if (!message.channel) return failed('channel_not_found');
		messages.push(message);
		return { ok: true, channel: message.channel, ts: `${messages.length}.000000`, message };
	});
	return { ...service, files, messages };
}
