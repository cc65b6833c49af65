import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { parseForm } from '../emulator/form';

/** A request that a service received. */
export interface ServiceRequest {
	readonly method: string;
	readonly path: string;
	readonly query: Readonly<Record<string, string>>;
	readonly headers: Readonly<Record<string, string | string[] | undefined>>;
	readonly body: Buffer;
}

/** What all stand-ins have in common. */
export interface Service {
	readonly host: FastifyInstance;
	/** Every request, in order. */
	readonly requests: ServiceRequest[];
}

/** The key and the certificate of a server that speaks HTTPS. */
export interface TlsFiles {
	readonly key: string;
	readonly cert: string;
}

const MOST_BODY_BYTES = 64 * 1024 * 1024;

export const bodyOf = (request: FastifyRequest): Buffer =>
	Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);

export function jsonOf(request: FastifyRequest): unknown {
	try {
		return JSON.parse(bodyOf(request).toString()) as unknown;
	} catch {
		return undefined;
	}
}

/** The fields and files of a form, in order. Empty if the body isn't a form. */
export async function formOf(request: FastifyRequest): Promise<Array<[string, File | string]>> {
	const form = await parseForm(request.headers['content-type'] ?? '', bodyOf(request));
	return [...(form?.entries() ?? [])];
}

function noteOf(request: FastifyRequest): ServiceRequest {
	const { pathname, searchParams } = new URL(request.url, 'http://host');
	return {
		method: request.method,
		path: decodeURIComponent(pathname),
		query: Object.fromEntries(searchParams),
		headers: { ...request.headers },
		body: bodyOf(request),
	};
}

/** A server that accepts any body as bytes, and records every request before it is handled. */
export function createService(tls?: TlsFiles): Service {
	const host: FastifyInstance = Fastify({
		logger: false,
		forceCloseConnections: true,
		bodyLimit: MOST_BODY_BYTES,
		serverFactory: (handler) => (tls ? createHttpsServer(tls, handler) : createHttpServer(handler)),
	});
	const requests: ServiceRequest[] = [];
	host.removeAllContentTypeParsers();
	host.addContentTypeParser<Buffer>('*', { parseAs: 'buffer' }, (_request, body, done) =>
		done(null, body),
	);
	host.addHook('preHandler', (request, _reply, done) => {
		requests.push(noteOf(request));
		done();
	});
	return { host, requests };
}
