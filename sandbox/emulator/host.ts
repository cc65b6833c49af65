import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import type { Context } from './context';
import type { HostName } from './hosts';
import { SANDBOX_AGENT } from './inputs/readUrl';

/** A request body as it came, and its contents if it is JSON according to its Content-Type and its bytes. */
export interface RawBody {
	readonly bytes: Buffer;
	readonly json: unknown;
	readonly isJson: boolean;
}

/** Whether a request's Content-Type says JSON. JSON under another type isn't read. */
export const claimsJson = ({ headers }: FastifyRequest): boolean =>
	/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(headers['content-type'] ?? '');

const NO_BODY: RawBody = { bytes: Buffer.alloc(0), json: undefined, isJson: false };

/** A file of up to 90 MB is uploaded in one piece. [fal-js: storage.ts] */
export const MOST_BODY_BYTES = 100 * 1024 * 1024;

function readBody(bytes: Buffer): RawBody {
	try {
		return { bytes, json: JSON.parse(bytes.toString()) as unknown, isJson: true };
	} catch {
		return { bytes, json: undefined, isJson: false };
	}
}

export const bodyOf = (request: FastifyRequest): RawBody =>
	(request.body as RawBody | undefined | null) ?? NO_BODY;

export const pathOf = (request: FastifyRequest): string =>
	decodeURI(request.url.split('?', 1)[0] ?? '/');

export const queryOf = (request: FastifyRequest): Record<string, string> =>
	Object.fromEntries(new URL(request.url, 'http://host').searchParams);

const hostNames = new WeakMap<FastifyRequest, HostName>();

/** The host that received a request. */
export function hostOf(request: FastifyRequest): HostName {
	const name = hostNames.get(request);
	if (name === undefined) throw new Error('The request is of no host');
	return name;
}

/** One host of a provider: a server that records every request before it is handled. */
export function createHost(name: HostName, context: Context): FastifyInstance {
	const host = Fastify({
		logger: false,
		forceCloseConnections: true,
		bodyLimit: MOST_BODY_BYTES,
		routerOptions: { ignoreTrailingSlash: true, maxParamLength: 2000 },
	});
	host.removeAllContentTypeParsers();
	host.addContentTypeParser<Buffer>('*', { parseAs: 'buffer' }, (request, body, done) =>
		done(
			null,
			claimsJson(request) ? readBody(body) : { bytes: body, json: undefined, isJson: false },
		),
	);
	host.addHook('preHandler', (request, _reply, done) => {
		hostNames.set(request, name);
		if (request.headers['user-agent'] === SANDBOX_AGENT) return done();
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
