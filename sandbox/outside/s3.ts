import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Service, bodyOf, createService } from './service';

/** A file in a bucket. */
export interface StoredObject {
	readonly bucket: string;
	readonly key: string;
	readonly contentType: string;
	readonly bytes: Buffer;
}

export const S3_KEYS = {
	accessKeyId: 'SANDBOXACCESSKEY',
	secretAccessKey: 'sandbox-s3-secret',
	region: 'us-east-1',
} as const;

const CREDENTIAL = new RegExp(
	`^AWS4-HMAC-SHA256 Credential=${S3_KEYS.accessKeyId}/\\d{8}/[\\w-]+/s3/aws4_request, ` +
		'SignedHeaders=[\\w;-]*host[\\w;-]*, Signature=[0-9a-f]{64}$',
);

const hash = (algorithm: string, bytes: Buffer, encoding: 'hex' | 'base64') =>
	createHash(algorithm).update(bytes).digest(encoding);

/** What real storages refuse: no signature, a stranger's signature, or bytes that don't match the signature. */
function refusal({ headers }: FastifyRequest, bytes: Buffer): readonly [number, string] | null {
	if (!CREDENTIAL.test(headers.authorization ?? '')) return [403, 'InvalidAccessKeyId'];
	const signed = headers['x-amz-content-sha256'];
	if (signed !== 'UNSIGNED-PAYLOAD' && signed !== hash('sha256', bytes, 'hex')) {
		return [400, 'XAmzContentSHA256Mismatch'];
	}
	const md5 = headers['content-md5'];
	return md5 === undefined || md5 === hash('md5', bytes, 'base64') ? null : [400, 'BadDigest'];
}

const xml = (reply: FastifyReply, status: number, content: string) =>
	reply
		.code(status)
		.header('content-type', 'application/xml')
		.send(`<?xml version="1.0" encoding="UTF-8"?>\n${content}`);

const failure = (reply: FastifyReply, status: number, code: string) =>
	xml(reply, status, `<Error><Code>${code}</Code><Message>${code}</Message></Error>`);

const LOCATION = `<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${S3_KEYS.region}</LocationConstraint>`;

const listOf = (bucket: string, objects: readonly StoredObject[]) =>
	`<ListBucketResult><Name>${bucket}</Name><IsTruncated>false</IsTruncated>${objects
		.map(({ key, bytes }) => `<Contents><Key>${key}</Key><Size>${bytes.length}</Size></Contents>`)
		.join('')}</ListBucketResult>`;

export interface S3Service extends Service {
	/** The uploads, by bucket and key. */
	readonly objects: Map<string, StoredObject>;
}

/**
 * S3-compatible storage with path-style addresses, like MinIO and R2. Every bucket exists. The signature's form
 * is checked, but it isn't computed.
 */
export function createS3(): S3Service {
	const service = createService();
	const objects = new Map<string, StoredObject>();
	service.host.route({
		method: ['GET', 'PUT', 'HEAD'],
		url: '/:bucket/*',
		exposeHeadRoute: false,
		handler: (request, reply) => {
			const { bucket, '*': key } = request.params as { bucket: string; '*': string };
			const bytes = bodyOf(request);
			const refused = refusal(request, bytes);
			if (refused) return failure(reply, ...refused);
			if (request.method === 'PUT') {
				const contentType = request.headers['content-type'] ?? 'application/octet-stream';
				objects.set(`${bucket}/${key}`, { bucket, key, contentType, bytes });
				return reply.header('etag', `"${hash('md5', bytes, 'hex')}"`).send();
			}
			const stored = objects.get(`${bucket}/${key}`);
			if (!stored) return failure(reply, 404, 'NoSuchKey');
			return reply.header('content-type', stored.contentType).send(stored.bytes);
		},
	});
	service.host.get('/:bucket', (request, reply) => {
		const { bucket } = request.params as { bucket: string };
		const refused = refusal(request, bodyOf(request));
		if (refused) return failure(reply, ...refused);
		if ('location' in (request.query as object)) return xml(reply, 200, LOCATION);
		const ofBucket = [...objects.values()].filter((object) => object.bucket === bucket);
		return xml(reply, 200, listOf(bucket, ofBucket));
	});
	return { ...service, objects };
}
