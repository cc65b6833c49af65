import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { textAnswer, type Answer } from '../answer';
import type { Context } from '../context';
import { respond, send } from '../faults';
import { bodyOf, createHost, pathOf, queryOf } from '../host';
import { LINK_SECONDS } from './fileStore';
import type { UploadTarget } from './uploadStore';

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

/** The PUT of a file to its signed URL. GUESS: that the Content-Type of the initiation counts, and the empty answer. */
async function takeUpload(
	context: Context,
	target: UploadTarget,
	request: FastifyRequest,
	reply: FastifyReply,
): Promise<unknown> {
	if (queryOf(request)['signature'] !== target.signature) return await send(reply, errorFor(403));
	return await respond({
		context,
		stage: 'upload',
		key: target.filePath,
		faults: target.faults,
		request,
		reply,
		error: errorFor,
		answer: () => {
			context.uploads.put(target, bodyOf(request).bytes);
			return textAnswer(200, 'text/plain', '');
		},
	});
}

/** The port that every picture comes from, and every upload goes to. A key that reaches it is refused, so a leak shows at once. */
export function createFilesHost(context: Context): FastifyInstance {
	const host = createHost('files', context);
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
			const target = context.uploads.target(path);
			if (target !== undefined && request.method === 'PUT') {
				return await takeUpload(context, target, request, reply);
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
					const { contentType, bytes } = await context.imageFile(file.picture);
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
