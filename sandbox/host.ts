import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import type { Context, HostName } from './context';

/** A request body as it came: parsed when it is JSON, whatever the Content-Type says. */
export interface RawBody {
	readonly text: string;
	readonly json: unknown;
	readonly isJson: boolean;
}

const NO_BODY: RawBody = { text: '', json: undefined, isJson: false };

function readBody(text: string): RawBody {
	try {
		return { text, json: JSON.parse(text) as unknown, isJson: true };
	} catch {
		return { text, json: undefined, isJson: false };
	}
}

export const bodyOf = (request: FastifyRequest): RawBody =>
	(request.body as RawBody | undefined | null) ?? NO_BODY;

export const pathOf = (request: FastifyRequest): string =>
	decodeURI(request.url.split('?', 1)[0] ?? '/');

export const queryOf = (request: FastifyRequest): Record<string, string> =>
	Object.fromEntries(new URL(request.url, 'http://host').searchParams);

/** One host of a provider: a server that notes every request before anything looks at it. */
export function createHost(name: HostName, context: Context): FastifyInstance {
	const host = Fastify({
		logger: false,
		forceCloseConnections: true,
		bodyLimit: 64 * 1024 * 1024,
		routerOptions: { ignoreTrailingSlash: true, maxParamLength: 2000 },
	});
	host.removeAllContentTypeParsers();
	host.addContentTypeParser('*', { parseAs: 'string' }, (_request, text, done) =>
		done(null, readBody(text.toString())),
	);
	host.addHook('preHandler', (request, _reply, done) => {
		context.record({
			provider: name,
			method: request.method,
			path: pathOf(request),
			query: queryOf(request),
			headers: { ...request.headers },
			body: bodyOf(request).json,
			at: Date.now(),
		});
		done();
	});
	return host;
}
