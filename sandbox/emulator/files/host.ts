import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { jsonAnswer, textAnswer, type Answer } from '../answer';
import type { Context } from '../context';
import { respond, send } from '../faults';
import { bodyOf, createHost, pathOf, queryOf } from '../host';
import { LINK_SECONDS } from './fileStore';
import type { Part, UploadTarget } from './uploadStore';

const storageError = (status: number, code: string, message: string): Answer =>
	textAnswer(
		status,
		'application/xml',
		`<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
	);

const STORAGE_ERRORS: Record<number, readonly [string, string]> = {
	403: ['AccessDenied', 'Request has expired'],
	404: ['NoSuchKey', 'The specified key does not exist.'],
	429: ['SlowDown', 'Please reduce your request rate.'],
	503: ['SlowDown', 'Please reduce your request rate.'],
};

const errorFor = (status: number): Answer =>
	storageError(
		status,
		...(STORAGE_ERRORS[status] ?? ['InternalError', 'We encountered an internal error.']),
	);

/** What a request to a signed URL does with the file. */
type Take = (context: Context, target: UploadTarget, request: FastifyRequest) => Answer;

/** A file in one piece. GUESS: that the Content-Type of the initiation counts, and the empty response. */
const takeFile: Take = (context, target, request) => {
	context.uploads.put(target, bodyOf(request).bytes);
	return textAnswer(200, 'text/plain', '');
};

/**
 * A part of a file, with its number. The response contains it. [fal-js: storage.ts] The header is like S3's.
 */
const takePart =
	(parts: Map<number, Part>, partNumber: number): Take =>
	(context, _target, request) => {
		const name = context.uploads.putPart(parts, partNumber, bodyOf(request).bytes);
		return jsonAnswer(200, name, { etag: name.etag });
	};

const completion = z.object({
	parts: z.array(z.object({ partNumber: z.number().int(), etag: z.string() })),
});

/**
 * The list of the parts, after the last one. GUESS: the response, and that missing parts are refused like in
 * S3.
 */
const completeParts: Take = (context, target, request) => {
	const parsed = completion.safeParse(bodyOf(request).json);
	if (!parsed.success) return storageError(400, 'MalformedXML', 'The list of parts was malformed.');
	return context.uploads.complete(target, parsed.data.parts)
		? jsonAnswer(200, {})
		: storageError(400, 'InvalidPart', 'One or more of the specified parts could not be found.');
};

/** The action of a request below `/upload`, and its file. Undefined for anything else. */
function findUpload(
	{ uploads }: Context,
	method: string,
	path: string,
): { target: UploadTarget; take: Take } | undefined {
	const whole = uploads.target(path);
	if (whole !== undefined) {
		return method === 'PUT' && whole.parts === undefined
			? { target: whole, take: takeFile }
			: undefined;
	}
	const [, base = '', last = ''] = /^(.+)\/(complete|[1-9]\d{0,4})$/.exec(path) ?? [];
	const target = uploads.target(base);
	if (target?.parts === undefined) return undefined;
	if (last === 'complete') return method === 'POST' ? { target, take: completeParts } : undefined;
	return method === 'PUT' ? { target, take: takePart(target.parts, Number(last)) } : undefined;
}

/** A request to a signed URL. */
async function takeUpload(
	context: Context,
	target: UploadTarget,
	take: Take,
	request: FastifyRequest,
	reply: FastifyReply,
): Promise<unknown> {
	if (queryOf(request)['signature'] !== target.signature) return await send(reply, errorFor(403));
	const { signedHeaders } = target;
	if (Object.keys(signedHeaders).some((name) => request.headers[name] !== signedHeaders[name])) {
		const words = 'The request signature we calculated does not match the signature you provided.';
		return await send(reply, storageError(403, 'SignatureDoesNotMatch', words));
	}
	return await respond({
		context,
		stage: 'upload',
		key: target.filePath,
		faults: target.faults,
		request,
		reply,
		error: errorFor,
		answer: () => take(context, target, request),
	});
}

/**
 * The port for all image downloads and all uploads. It refuses requests with a key, so that a leak shows at
 * once.
 */
export function createFilesHost(context: Context): FastifyInstance {
	const host = createHost('files', context);
	host.setNotFoundHandler((_request, reply) =>
		send(reply, storageError(405, 'MethodNotAllowed', 'The specified method is not allowed here.')),
	);
	host.route({
		method: ['GET', 'HEAD', 'POST', 'PUT'],
		url: '/*',
		exposeHeadRoute: false,
		handler: async (request, reply) => {
			if (request.headers.authorization !== undefined) {
				return await send(
					reply,
					storageError(
						400,
						'InvalidArgument',
						'Only one auth mechanism allowed; a link must be used without the Authorization header',
					),
				);
			}
			const path = pathOf(request);
			const stashed = context.files.findStashed(path);
			if (stashed !== undefined) return await send(reply, stashed);
			const found = findUpload(context, request.method, path);
			if (found !== undefined) {
				return await takeUpload(context, found.target, found.take, request, reply);
			}
			const upload = context.uploads.find(path);
			if (upload !== undefined) {
				const { contentType, bytes } = upload;
				return await send(reply, {
					status: 200,
					headers: { 'content-type': contentType },
					body: bytes,
				});
			}
			const file = context.files.find(path);
			if (file === undefined) return await send(reply, errorFor(404));
			if (file.signature !== undefined) {
				const age = (Date.now() - file.createdAt) / 1000;
				if (queryOf(request)['X-Amz-Signature'] !== file.signature || age > LINK_SECONDS) {
					return await send(reply, errorFor(403));
				}
			}
			return await respond({
				context,
				stage: 'download',
				key: file.taskId,
				faults: file.steering.faults.download,
				request,
				reply,
				error: errorFor,
				answer: async () => {
					const { content } = file;
					const { contentType, bytes } =
						'bytes' in content ? content : await context.imageFile(content);
					return {
						status: 200,
						headers: { 'content-type': contentType, 'cache-control': 'max-age=3600' },
						body: bytes,
					};
				},
			});
		},
	});
	return host;
}
