import type { FastifyRequest } from 'fastify';
import { bodyOf } from './host';

/** The file in a field of a multipart form. Undefined if the body isn't a form or has no file there. */
export async function formFile(request: FastifyRequest, field: string): Promise<File | undefined> {
	const form = await readForm(request);
	const value = form?.get(field);
	return value instanceof File ? value : undefined;
}

/** A request's multipart form. Undefined if its body isn't a form. */
export async function readForm(request: FastifyRequest): Promise<FormData | undefined> {
	return await parseForm(request.headers['content-type'] ?? '', bodyOf(request).bytes);
}

/** A multipart form with a certain content type. Undefined if the bytes aren't a form. */
export async function parseForm(type: string, bytes: Uint8Array): Promise<FormData | undefined> {
	if (!/^multipart\/form-data\s*;/i.test(type)) return undefined;
	const body = new Response(new Uint8Array(bytes), { headers: { 'content-type': type } });
	return await body.formData().catch(() => undefined);
}
