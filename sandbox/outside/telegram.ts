import type { FastifyReply } from 'fastify';
import { type Service, createService, formOf, jsonOf } from './service';

export const TELEGRAM_TOKEN = '123456:sandbox-telegram';

/** A message that a bot sent. */
export interface BotMessage {
	readonly fields: Readonly<Record<string, string>>;
	readonly photo?: { readonly fileName: string; readonly bytes: Buffer };
}

/** Where Telegram delivers what people send to the bot. */
export interface Webhook {
	readonly url: string;
	readonly secret: string;
}

export interface TelegramService extends Service {
	/** Every message that the bot sent, in order. */
	readonly messages: BotMessage[];
	/** The bot's webhook, once it has one. */
	webhook(): Webhook | undefined;
	/** Delivers a text message to the bot, like Telegram. */
	deliver(chatId: number, messageId: number, text: string): Promise<number>;
}

const failure = (reply: FastifyReply, code: number, description: string) =>
	reply.code(code).send({ ok: false, error_code: code, description });

/** The part of Telegram's Bot API with which a bot receives and sends messages. [core.telegram.org/bots/api] */
export function createTelegram(): TelegramService {
	const service = createService();
	const messages: BotMessage[] = [];
	let webhook: Webhook | undefined;
	const { host } = service;
	const send = (message: BotMessage) => {
		messages.push(message);
		return { ok: true, result: { message_id: 1000 + messages.length } };
	};
	host.addHook('preHandler', async (request, reply) => {
		if (!request.url.startsWith(`/bot${TELEGRAM_TOKEN}/`))
			await failure(reply, 401, 'Unauthorized');
	});
	const method = (name: string) => `/bot:token/${name}`;
	host.post(method('getWebhookInfo'), () => ({ ok: true, result: { url: webhook?.url ?? '' } }));
	host.post(method('setWebhook'), (request) => {
		const { url, secret_token: secret } = jsonOf(request) as Record<string, string>;
		webhook = { url: url ?? '', secret: secret ?? '' };
		return { ok: true, result: true };
	});
	host.post(method('deleteWebhook'), () => {
		webhook = undefined;
		return { ok: true, result: true };
	});
	host.post(method('sendMessage'), async (request, reply) => {
		const fields = jsonOf(request) as Record<string, string>;
		if (!fields['text']) return await failure(reply, 400, 'Bad Request: message text is empty');
		return send({ fields });
	});
	host.post(method('sendPhoto'), async (request, reply) => {
		const form = await formOf(request);
		const [, photo] = form.find(([name]) => name === 'photo') ?? [];
		if (!(photo instanceof File)) {
			return await failure(reply, 400, 'Bad Request: there is no photo in the request');
		}
		const fields = form.flatMap(([name, value]) =>
			typeof value === 'string' ? [[name, value] as const] : [],
		);
		const bytes = Buffer.from(await photo.arrayBuffer());
		return send({ fields: Object.fromEntries(fields), photo: { fileName: photo.name, bytes } });
	});
	return {
		...service,
		messages,
		webhook: () => webhook,
		deliver: async (chatId, messageId, text) => {
			if (!webhook) throw new Error('The bot has no webhook.');
			const chat = { id: chatId, type: 'private' };
			const message = { message_id: messageId, date: 0, chat, from: { id: chatId }, text };
			const { status } = await fetch(webhook.url, {
				method: 'POST',
				headers: {
					'content-type': 'application/json',
					'x-telegram-bot-api-secret-token': webhook.secret,
				},
				body: JSON.stringify({ update_id: messageId, message }),
			});
			return status;
		},
	};
}
