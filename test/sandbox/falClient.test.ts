import {
	ApiError,
	createFalClient,
	ValidationError,
	type FalClient,
	type QueueStatus,
} from '@fal-ai/client';
import { call, useSandbox } from './http';
import { halves, sha256 } from './images';
import { like } from './like';

/**
 * The unmodified official client against the sandbox. The client's own `requestMiddleware` replaces only the
 * host of a URL.
 */

const sandbox = useSandbox();
const PICTURE = halves(96, 64, 'red', 'blue');
const ENDPOINT = 'fal-ai/z-image/turbo/lora';
const input = (prompt: string, more: object = {}) => ({
	prompt,
	image_size: 'square' as const,
	...more,
});

function client(credentials: string = sandbox.current.keys.fal): FalClient {
	const { fal, falSync } = sandbox.current.urls;
	return createFalClient({
		credentials,
		requestMiddleware: (request) =>
			Promise.resolve({
				...request,
				url: request.url
					.replace(/^https:\/\/(queue\.fal\.run|rest\.fal\.ai)/, fal)
					.replace('https://fal.run', falSync),
			}),
	});
}

async function failure(promise: Promise<unknown>): Promise<ApiError<unknown>> {
	const error = await promise.then(
		() => undefined,
		(reason: unknown) => reason,
	);
	if (!(error instanceof ApiError)) throw new Error(`expected an ApiError, got ${String(error)}`);
	return error;
}

describe('subscribe', () => {
	it.each([
		['polling', { mode: 'polling', pollInterval: 5 }],
		['streaming', { mode: 'streaming' }],
	] as const)('gets images by %s and sees every state', async (_mode, options) => {
		const updates: QueueStatus[] = [];
		const enqueued: string[] = [];
		const { data, requestId } = await client().subscribe(ENDPOINT, {
			input: input('a red fox [sandbox:polls=3]', {
				num_images: 2,
				loras: [{ path: 'a/b', scale: 0.8 }],
			}),
			logs: true,
			...options,
			onEnqueue: (id) => enqueued.push(id),
			onQueueUpdate: (update) => updates.push(update),
		});
		expect(enqueued).toEqual([requestId]);
		expect([...new Set(updates.map(({ status }) => status))]).toEqual([
			'IN_QUEUE',
			'IN_PROGRESS',
			'COMPLETED',
		]);
		const progress = updates.find((update) => update.status === 'IN_PROGRESS');
		expect(progress?.logs?.map(({ message }) => message)).toContain('Generating');
		expect(data.images).toHaveLength(2);
		for (const { url, content_type } of data.images) {
			const file = await call(url);
			expect(file.headers['content-type']).toBe(content_type);
			expect(file.bytes.subarray(1, 4).toString()).toBe('PNG');
		}
	});
});

describe('queue', () => {
	it('submits, reads the status with logs, and gets the result', async () => {
		const { queue } = client();
		const { request_id: requestId } = await queue.submit(ENDPOINT, {
			input: input('a cat', { seed: 9 }),
		});
		const status = await queue.status(ENDPOINT, { requestId, logs: true });
		expect(status).toMatchObject({
			status: 'COMPLETED',
			logs: like.listWith([like.object({ level: 'INFO' })]),
			metrics: { inference_time: like.any(Number) },
		});
		const result = await queue.result(ENDPOINT, { requestId });
		expect(result.requestId).toBe(requestId);
		expect(result.data).toMatchObject({ seed: 9, prompt: 'a cat', has_nsfw_concepts: [false] });
		expect(sandbox.current.requestsTo('fal').map(({ path }) => path)).toEqual([
			`/${ENDPOINT}`,
			`/fal-ai/z-image/requests/${requestId}/status`,
			`/fal-ai/z-image/requests/${requestId}`,
		]);
	});

	it('cancels what waits, but not what is complete', async () => {
		const { queue } = client();
		const waiting = await queue.submit(ENDPOINT, { input: input('a cat [sandbox:never]') });
		await queue.cancel(ENDPOINT, { requestId: waiting.request_id });
		expect((await queue.status(ENDPOINT, { requestId: waiting.request_id })).status).toBe(
			'COMPLETED',
		);
		const done = await queue.submit(ENDPOINT, { input: input('a cat') });
		const error = await failure(queue.cancel(ENDPOINT, { requestId: done.request_id }));
		expect(error).toMatchObject({ status: 400, body: { status: 'ALREADY_COMPLETED' } });
	});
});

describe('run', () => {
	it('gets the output at once', async () => {
		const { data, requestId } = await client().run(ENDPOINT, {
			input: input('a cat', { seed: 3 }),
		});
		expect(requestId).toMatch(/^[\da-f-]{36}$/);
		expect(data).toMatchObject({
			seed: 3,
			images: [{ width: 512, height: 512, content_type: 'image/png' }],
		});
	});
});

describe('storage', () => {
	const file = () => new Blob([new Uint8Array(PICTURE)], { type: 'image/png' });

	it('uploads a file without sending the key', async () => {
		const url = await client().storage.upload(file(), { lifecycle: { expiresIn: '1h' } });
		expect((await call(url)).bytes.equals(PICTURE)).toBe(true);
		const [put] = sandbox.current.requestsTo('files');
		expect(put).toMatchObject({ method: 'PUT', headers: { 'content-type': 'image/png' } });
		expect(put?.headers).not.toHaveProperty('authorization');
		const [initiate] = sandbox.current.requestsTo('fal');
		expect(initiate).toMatchObject({
			path: '/storage/upload/initiate',
			query: { storage_type: 'fal-cdn-v3' },
			headers: { 'x-fal-object-lifecycle': '{"expiration_duration_seconds":3600}' },
			body: { content_type: 'image/png' },
		});
	});

	it('uploads the files in an input, and the model reads them', async () => {
		const { data } = await client().subscribe('fal-ai/z-image/turbo/inpaint', {
			input: { prompt: 'a cat', image_url: file(), mask_image_url: file() },
			pollInterval: 5,
		});
		expect(data.images).toMatchObject([{ width: 96, height: 64 }]);
		const read = { bytes: PICTURE.length, sha256: sha256(PICTURE) };
		expect(sandbox.current.tasks).toMatchObject([{ image: read, mask: read }]);
	});

	it('a wrong key is 401', async () => {
		const error = await failure(client('wrong:key').storage.upload(file()));
		expect(error).toMatchObject({ status: 401, body: { detail: 'invalid key credentials' } });
	});
});

describe('errors', () => {
	it.each([
		[
			'subscribe',
			(fal: FalClient, bad: never) => fal.subscribe(ENDPOINT, { input: bad, pollInterval: 5 }),
		],
		['run', (fal: FalClient, bad: never) => fal.run(ENDPOINT, { input: bad })],
	])('%s throws a ValidationError with field errors', async (_name, ask) => {
		const error = await failure(
			ask(client(), { ...input('a cat'), num_inference_steps: 50, typo: 1 } as never),
		);
		expect(error).toBeInstanceOf(ValidationError);
		const invalid = error as ValidationError;
		expect(invalid.status).toBe(422);
		expect(invalid.requestId).toMatch(/^[\da-f-]{36}$/);
		expect(invalid.getFieldErrors('num_inference_steps')).toMatchObject([
			{ loc: ['body', 'num_inference_steps'], type: 'less_than_equal', ctx: { le: 8 }, input: 50 },
		]);
		expect(invalid.getFieldErrors('typo')).toMatchObject([{ type: 'extra_forbidden' }]);
	});

	it.each([
		['fail', 500],
		['fail-as=422', 422],
		['moderate', 422],
	])('[sandbox:%s] is an error of %d', async (token, status) => {
		const error = await failure(
			client().subscribe(ENDPOINT, { input: input(`x [sandbox:${token}]`), pollInterval: 5 }),
		);
		expect(error.status).toBe(status);
		expect(error.body).toHaveProperty('detail');
	});

	it('a wrong key is 401', async () => {
		for (const ask of ['subscribe', 'run'] as const) {
			const error = await failure(client('wrong:key')[ask](ENDPOINT, { input: input('x') }));
			expect(error).toMatchObject({ status: 401, body: { detail: 'invalid key credentials' } });
		}
	});

	it('an endpoint that does not exist is 404', async () => {
		expect((await failure(client().run('fal-ai/nothing', { input: {} }))).status).toBe(404);
	});

	it('its own retries get past an initial 503', async () => {
		const fast = createFalClient({
			credentials: sandbox.current.keys.fal,
			requestMiddleware: (request) =>
				Promise.resolve({
					...request,
					url: request.url.replace('https://queue.fal.run', sandbox.current.urls.fal),
				}),
		});
		const { request_id } = await fast.queue.submit(ENDPOINT, {
			input: input('x [sandbox:submit=503*1]'),
		});
		expect(request_id).toMatch(/^[\da-f-]{36}$/);
		expect(sandbox.current.requestsTo('fal')).toHaveLength(2);
	});
});
