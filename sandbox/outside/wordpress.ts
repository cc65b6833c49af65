import type { FastifyReply } from 'fastify';
import { type Service, type TlsFiles, bodyOf, createService, jsonOf } from './service';

/** Names that nobody owns. The example uses them, too. [RFC 2606] */
export const WORDPRESS_HOSTS = ['www.example.com', 'blog.example.com'];
export const WORDPRESS_LOGIN = { username: 'editor', password: 'sandbox wordpress' } as const;

/** A file in the media library. */
export interface MediaFile {
	readonly id: number;
	readonly fileName: string;
	readonly contentType: string;
	readonly bytes: Buffer;
}

/** A post, with its initial fields. */
export type Post = Readonly<Record<string, unknown>>;

/** An article of the feed. */
export interface Article {
	readonly title: string;
	readonly link: string;
	readonly summary: string;
}

export interface WordPressService extends Service {
	readonly media: MediaFile[];
	readonly posts: Post[];
	/** The content of `/feed`. */
	readonly articles: Article[];
}

const failure = (reply: FastifyReply, status: number, code: string) =>
	reply.code(status).send({ code, message: code, data: { status } });

const escaped = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

const feedOf = (articles: readonly Article[]) =>
	`<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Feed</title>${articles
		.map(
			({ title, link, summary }) =>
				`<item><title>${escaped(title)}</title><link>${escaped(link)}</link><description>${escaped(summary)}</description></item>`,
		)
		.join('')}</channel></rss>`;

/**
 * A WordPress site: its feed, and the part of its REST API that saves posts with images.
 * [developer.wordpress.org/rest-api/reference: media, posts; Application Passwords by Basic authentication]
 */
export function createWordPress(tls: TlsFiles): WordPressService {
	const service = createService(tls);
	const [media, posts, articles]: [MediaFile[], Post[], Article[]] = [[], [], []];
	const { host } = service;
	const login = Buffer.from(`${WORDPRESS_LOGIN.username}:${WORDPRESS_LOGIN.password}`);
	host.get('/feed', (_request, reply) =>
		reply.header('content-type', 'application/rss+xml').send(feedOf(articles)),
	);
	host.addHook('preHandler', async (request, reply) => {
		if (request.url === '/feed') return;
		if (request.headers.authorization === `Basic ${login.toString('base64')}`) return;
		await failure(reply, 401, 'rest_cannot_create');
	});
	host.post('/wp-json/wp/v2/media', async (request, reply) => {
		const disposition = request.headers['content-disposition'] ?? '';
		const fileName = /filename="([^"]+)"/.exec(disposition)?.[1];
		if (fileName === undefined)
			return await failure(reply, 400, 'rest_upload_no_content_disposition');
		const contentType = request.headers['content-type'] ?? '';
		const file = { id: 100 + media.length, fileName, contentType, bytes: bodyOf(request) };
		media.push(file);
		return await reply.code(201).send({ id: file.id, source_url: `/uploads/${fileName}` });
	});
	host.post('/wp-json/wp/v2/posts', async (request, reply) => {
		const post = jsonOf(request) as Post;
		const image = post['featured_media'];
		if (image !== undefined && !media.some(({ id }) => id === image)) {
			return await failure(reply, 400, 'rest_invalid_featured_media');
		}
		posts.push(post);
		return await reply.code(201).send({ id: 500 + posts.length, ...post });
	});
	return { ...service, media, posts, articles };
}
