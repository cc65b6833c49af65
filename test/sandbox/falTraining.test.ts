import { verify, createPublicKey, type JsonWebKey } from 'node:crypto';
import { falSignedText } from '../../sandbox/emulator/providers/fal/webhookSignature';
import { startSandbox } from '../../sandbox/emulator/server';
import { readFixture } from '../support/fixture';
import type { FalBody } from './bodies';
import { authorization, call, useSandbox } from './http';
import { dataUri, halves, sha256 } from './images';
import { like } from './like';
import { Receiver } from './receiver';
import { meanColor, photos, readSafetensors, uploadToFal, zipOf } from './training';

const sandbox = useSandbox({ taskSeconds: 0, webhooks: { loopback: true } });
const receiver = new Receiver();
let hook = '';
beforeAll(async () => void (hook = await receiver.start()));
afterEach(() => receiver.clear());
afterAll(() => receiver.stop());

const V2 = 'fal-ai/z-image-turbo-trainer-v2';
const V1 = 'fal-ai/z-image-trainer';
const BASE = 'fal-ai/z-image-base-trainer';
const TRAINERS = [V2, V1, BASE];

interface File {
	readonly url: string;
	readonly content_type: string | null;
	readonly file_name: string | null;
	readonly file_size: number | null;
}
interface TrainingBody extends FalBody {
	readonly diffusers_lora_file: File;
	readonly config_file: File;
	readonly logs: readonly { readonly message: string }[];
}

const key = () => authorization(sandbox.current).fal;
const submit = (body: unknown, trainer = V2, query = '') =>
	call<TrainingBody>(`${sandbox.current.urls.fal}/${trainer}${query}`, { key: key(), body });
const get = (url: string) => call<TrainingBody>(url, { key: key() });
const upload = async (files: Record<string, Buffer | string>) =>
	await uploadToFal(sandbox.current, await zipOf(files));
const train = async (body: object, trainer = V2) =>
	await get((await submit(body, trainer)).json.response_url);

describe('a training', () => {
	it.each(TRAINERS)('%s: submit, status and result below its own app', async (trainer) => {
		const image_data_url = await upload(photos('red'));
		const { status, json } = await submit({ image_data_url }, trainer);
		const base = `${sandbox.current.urls.fal}/${trainer}/requests/${json.request_id}`;
		expect(status).toBe(200);
		expect(json).toMatchObject({
			status: 'IN_QUEUE',
			response_url: base,
			status_url: `${base}/status`,
			cancel_url: `${base}/cancel`,
		});
		expect((await get(`${base}/status`)).json).toMatchObject({
			status: 'COMPLETED',
			logs: null,
			response_url: base,
		});
		const files = sandbox.current.urls.files;
		expect(await get(base)).toMatchObject({
			status: 200,
			json: {
				diffusers_lora_file: {
					url: like.text(
						new RegExp(`^${files}/files/b/[^/]+/[\\w-]+_pytorch_lora_weights\\.safetensors$`),
					),
				},
			},
		});
	});

	it('has a result like a real one, the same each time', async () => {
		const submitted = await submit({ image_data_url: await upload(photos('red')) });
		const result = await get(submitted.json.response_url);
		expect((await get(submitted.json.response_url)).json).toEqual(result.json);
		const { body } = readFixture('fal', 'trainingResult') as unknown as { body: TrainingBody };
		const { diffusers_lora_file: lora, config_file: config } = result.json;
		expect(result.json).toEqual({
			diffusers_lora_file: { ...body.diffusers_lora_file, url: lora.url },
			config_file: { ...body.config_file, url: config.url, file_size: config.file_size },
		});
		const nameOf = ({ url }: File) => url.replace(/^.*\/[\w-]{20,21}_/, '');
		expect(nameOf(lora)).toBe(nameOf(body.diffusers_lora_file));
		expect(nameOf(config)).toBe(nameOf(body.config_file));
		const file = await call(config.url);
		expect(file.bytes).toHaveLength(config.file_size ?? 0);
		expect(file.json).toMatchObject({ steps: 2000, learning_rate: 0.0005 });
	});

	it.each(['fal-ai/z-image', V1])('is unknown below the app %s', async (app) => {
		const { json } = await submit({ image_data_url: await upload(photos('red')) });
		const url = `${sandbox.current.urls.fal}/${app}/requests/${json.request_id}`;
		for (const path of ['', '/status']) {
			expect(await get(url + path)).toMatchObject({ status: 404, json: { status: 'NOT_FOUND' } });
		}
	});

	it('reads the images of the zip, each with its caption', async () => {
		const red = halves(40, 30, 'red');
		const image_data_url = await upload({
			'001.png': red,
			'001.txt': 'zkx in the snow\n',
			'002.png': halves(50, 20, 'blue'),
			'002.txt': ' \n',
			'__MACOSX/._001.png': 'resource fork',
			'.DS_Store': 'of a Mac',
			'notes.md': 'nothing of it',
		});
		await train({ image_data_url, default_caption: 'zkx' });
		expect(sandbox.current.trainingSets).toEqual([
			{
				provider: 'fal',
				images: [
					{
						name: '001.png',
						sha256: sha256(red),
						width: 40,
						height: 30,
						caption: 'zkx in the snow',
					},
					like.object({ name: '002.png', width: 50, height: 20, caption: undefined }),
				],
				palette: like.listWith([
					[255, 0, 0],
					[0, 0, 255],
				]),
			},
		]);
		expect(sandbox.current.requestsTo('files').map(({ method }) => method)).toEqual(['PUT']);
	});

	it('reads a zip that was uploaded in parts', async () => {
		const bytes = await zipOf(photos('red'));
		const { json } = await call<{ upload_url: string; file_url: string }>(
			`${sandbox.current.urls.fal}/storage/upload/initiate-multipart?storage_type=fal-cdn-v3`,
			{
				key: key(),
				body: { file_name: 'training.zip', content_type: 'application/zip' },
				headers: { 'x-fal-object-lifecycle': '{"expiration_duration_seconds":604800}' },
			},
		);
		const part = (end: string, body: Buffer | string, method: 'PUT' | 'POST' = 'PUT') => {
			const url = new URL(json.upload_url);
			url.pathname += `/${end}`;
			const headers: HeadersInit = method === 'PUT' ? {} : { 'content-type': 'application/json' };
			return fetch(url, { method, headers, body: new Uint8Array(Buffer.from(body)) });
		};
		const half = Math.floor(bytes.length / 2);
		const pieces = [bytes.subarray(0, half), bytes.subarray(half)];
		const parts: unknown[] = [];
		for (const [index, piece] of pieces.entries()) {
			const { etag } = (await (await part(String(index + 1), piece)).json()) as { etag: string };
			parts.push({ partNumber: index + 1, etag });
		}
		expect((await part('complete', JSON.stringify({ parts }), 'POST')).status).toBe(200);
		expect((await train({ image_data_url: json.file_url })).status).toBe(200);
		expect(sandbox.current.trainingSets[0]?.images).toHaveLength(2);
	});

	it('logs its steps on request', async () => {
		const image_data_url = await upload(photos('red'));
		const { json } = await submit({
			image_data_url,
			steps: 1000,
			default_caption: 'zkx [sandbox:polls=3]',
		});
		const lastLines: (string | undefined)[] = [];
		for (let poll = 0; poll < 4; poll++) {
			const { logs } = (await get(`${json.status_url}?logs=1`)).json;
			lastLines.push(logs?.at(-1)?.message);
		}
		expect(lastLines).toEqual([
			undefined,
			like.textWith('300/1000'),
			like.textWith('650/1000'),
			like.textWith('1000/1000'),
		]);
	});

	it('responds on the same connection without the queue', async () => {
		const body = { image_data_url: await upload(photos('red')) };
		const run = await call<TrainingBody>(`${sandbox.current.urls.falSync}/${V2}`, {
			key: key(),
			body,
		});
		expect(run).toMatchObject({
			status: 200,
			json: { diffusers_lora_file: { url: like.text(/\.safetensors$/) } },
		});
	});

	it('takes its own time', async () => {
		const slow = await startSandbox({ taskSeconds: 0.5, trainingSeconds: 60 });
		try {
			const body = { image_data_url: 'https://example.com/a.zip' };
			await call(`${slow.urls.fal}/${V2}`, { key: authorization(slow).fal, body });
			const prompt = { prompt: 'a cat' };
			const image = 'fal-ai/z-image/turbo';
			await call(`${slow.urls.fal}/${image}`, { key: authorization(slow).fal, body: prompt });
			const took = slow.tasks.map(({ submittedAt, doneAt }) => (doneAt ?? 0) - submittedAt);
			expect(took).toEqual([60_000, 500]);
		} finally {
			await slow.close();
		}
	});

	it('is charged once, by its steps', async () => {
		const image_data_url = await upload(photos('red'));
		const result = await train({ image_data_url, steps: 1500, default_caption: 'zkx' });
		expect(result.headers['x-fal-billable-units']).toBe('1500');
		expect(sandbox.current.accepted).toMatchObject([{ prompt: 'zkx', isTold: true }]);
	});

	it('is canceled like any request', async () => {
		const image_data_url = await upload(photos('red'));
		const { json } = await submit({ image_data_url, default_caption: 'zkx [sandbox:never]' });
		const cancelled = await call(json.cancel_url, { method: 'PUT', key: key() });
		expect(cancelled).toMatchObject({ status: 202, json: { status: 'CANCELLATION_REQUESTED' } });
		expect((await get(json.response_url)).status).toBe(499);
	});

	it('calls a webhook with its result, signed', async () => {
		const image_data_url = await upload(photos('red'));
		const query = `?fal_webhook=${encodeURIComponent(hook)}`;
		const { json } = await submit({ image_data_url }, V2, query);
		while (sandbox.current.webhooks.length === 0) await new Promise(setImmediate);
		const [only] = receiver.calls;
		const result = await get(json.response_url);
		expect(JSON.parse(String(only?.body))).toEqual({
			request_id: json.request_id,
			gateway_request_id: json.request_id,
			status: 'OK',
			payload: result.json,
		});
		const header = (name: string) => String(only?.headers[`x-fal-webhook-${name}`]);
		const text = falSignedText({
			requestId: json.request_id,
			userId: header('user-id'),
			timestamp: Number(header('timestamp')),
			body: only?.body ?? Buffer.alloc(0),
		});
		const jwks = `${sandbox.current.urls.fal}/.well-known/jwks.json`;
		const { keys } = (await call<{ keys: JsonWebKey[] }>(jwks)).json;
		const signature = Buffer.from(header('signature'), 'hex');
		const isSigned = keys.some((jwk) =>
			verify(null, Buffer.from(text), createPublicKey({ key: jwk, format: 'jwk' }), signature),
		);
		expect(isSigned).toBe(true);
	});

	it('has its price in the list, per step', async () => {
		const url = `${sandbox.current.urls.fal}/v1/models/pricing?endpoint_id=${TRAINERS.join(',')}`;
		expect((await get(url)).json.prices).toEqual(
			[0.00085, 0.00226, 0.00085].map((unit_price, index) => ({
				endpoint_id: TRAINERS[index],
				unit_price,
				unit: 'steps',
				currency: 'USD',
			})),
		);
	});
});

describe('an invalid body shows in the result', () => {
	it.each([
		['no zip', V2, {}, 'image_data_url', 'missing'],
		['few steps', V2, { steps: 9 }, 'steps', 'greater_than_equal'],
		['many steps', V2, { steps: 40001 }, 'steps', 'less_than_equal'],
		['half a step', V2, { steps: 10.5 }, 'steps', 'int_from_float'],
		['a rate that is text', V2, { learning_rate: 'low' }, 'learning_rate', 'float_type'],
		['a caption as a number', V2, { default_caption: 5 }, 'default_caption', 'string_type'],
		[
			'a type, which only v1 has',
			V2,
			{ training_type: 'style' },
			'training_type',
			'extra_forbidden',
		],
		[
			'a trigger, which none of them has',
			V1,
			{ trigger_word: 'x' },
			'trigger_word',
			'extra_forbidden',
		],
		["steps that aren't a multiple of 100", V1, { steps: 1050 }, 'steps', 'multiple_of'],
		['too few steps for v1', V1, { steps: 0 }, 'steps', 'greater_than_equal'],
		['too many steps for v1', V1, { steps: 10100 }, 'steps', 'less_than_equal'],
		['another type', V1, { training_type: 'face' }, 'training_type', 'one_of'],
	])('%s', async (name, trainer, more, field, type) => {
		const body =
			name === 'no zip' ? more : { image_data_url: 'https://example.com/a.zip', ...more };
		const { status, json } = await submit(body, trainer);
		expect(status).toBe(200);
		expect((await get(json.status_url)).json.status).toBe('COMPLETED');
		const result = await get(json.response_url);
		expect(result.status).toBe(422);
		expect(result.json.detail).toEqual([like.object({ loc: ['body', field], type })]);
	});
});

describe('an unusable zip shows in the result', () => {
	const bare = { '001.png': halves(8, 8, 'red') };
	it.each<[string, () => string | Promise<string>, string]>([
		['on another machine', () => 'https://example.com/a.zip', 'file_download_error'],
		['gone', () => `${sandbox.current.urls.files}/files/b/none.zip`, 'file_download_error'],
		['as a data URI', () => dataUri(Buffer.from('PK'), 'application/zip'), 'file_download_error'],
		[
			'no zip',
			() => uploadToFal(sandbox.current, halves(8, 8, 'red')),
			'unsupported_archive_format',
		],
		[
			'with a broken file',
			async () => {
				const bytes = await zipOf({ '001.txt': 'unbroken' });
				bytes.write('broken', bytes.indexOf('unbroken'));
				return await uploadToFal(sandbox.current, bytes);
			},
			'unsupported_archive_format',
		],
		['without images', () => upload({ '001.txt': 'zkx' }), 'value_error'],
		["with a file that isn't an image", () => upload({ '001.png': 'text' }), 'image_load_error'],
		['without captions', () => upload(bare), 'value_error'],
		["with another image's caption", () => upload({ ...bare, '002.txt': 'zkx' }), 'value_error'],
	])('%s', async (_name, url, type) => {
		const result = await train({ image_data_url: await url() });
		expect(result.status).toBe(422);
		expect(result.json.detail).toEqual([like.object({ loc: ['body', 'image_data_url'], type })]);
		expect(result.headers).not.toHaveProperty('x-fal-billable-units');
	});

	it('lacks no captions if there is a default', async () => {
		const body = { image_data_url: await upload(bare), default_caption: 'zkx' };
		expect((await train(body)).status).toBe(200);
	});
});

describe('a caption with a token', () => {
	const withToken = async (tokens: string) =>
		await train({ image_data_url: await upload(photos('red')), default_caption: `zkx ${tokens}` });

	it.each([
		['[sandbox:fail=no GPU]', 500, 'internal_server_error'],
		['[sandbox:fail-as=422]', 422, 'no_media_generated'],
		['[sandbox:bad-zip]', 422, 'unsupported_archive_format'],
		['[sandbox:least-images=3]', 422, 'value_error'],
	])('%s fails, and may be charged', async (token, status, type) => {
		const free = await withToken(token);
		expect(free).toMatchObject({ status, json: { detail: [{ type }] } });
		expect(free.headers).not.toHaveProperty('x-fal-billable-units');
		const charged = await withToken(`${token} [sandbox:charged]`);
		expect(charged).toMatchObject({ status, json: { detail: [{ type }] } });
		expect(charged.headers['x-fal-billable-units']).toBe('2000');
		expect(sandbox.current.accepted).toHaveLength(2);
	});

	it('[sandbox:least-images=2] accepts two', async () => {
		expect((await withToken('[sandbox:least-images=2]')).status).toBe(200);
	});

	it('[sandbox:result=no-images] has no weights', async () => {
		const { status, json } = await withToken('[sandbox:result=no-images]');
		expect({ status, file: json.diffusers_lora_file }).toEqual({ status: 200, file: null });
	});

	it('[sandbox:download=404] loses the weights', async () => {
		const { json } = await withToken('[sandbox:download=404]');
		expect((await call(json.diffusers_lora_file.url)).status).toBe(404);
	});
});

describe('the weights', () => {
	const learn = async (color: string) => {
		const { json } = await train({ image_data_url: await upload(photos(color, 3)) });
		return json.diffusers_lora_file.url;
	};
	const draw = async (loras: readonly object[]) => {
		const body = { prompt: 'a green forest', seed: 5, image_size: 'square', loras };
		const { json } = await call<FalBody>(`${sandbox.current.urls.fal}/fal-ai/z-image/turbo/lora`, {
			key: key(),
			body,
		});
		return await get(json.response_url);
	};
	const colorOf = async (loras: readonly object[]) =>
		await meanColor((await call((await draw(loras)).json.images[0].url)).bytes);

	it('are a safetensors file', async () => {
		const { headers, bytes } = await call(await learn('red'));
		expect(headers['content-type']).toBe('application/octet-stream');
		const { metadata, tensors } = readSafetensors(bytes);
		expect(metadata).toMatchObject({ format: 'pt', steps: '2000' });
		expect(Object.keys(tensors)).toHaveLength(2);
	});

	it('give an image the colors of the training images', async () => {
		const [red, blue] = [await learn('red'), await learn('blue')];
		const [asRed, asBlue, weak, plain] = [
			await colorOf([{ path: red }]),
			await colorOf([{ path: blue }]),
			await colorOf([{ path: red, scale: 0.2 }]),
			await colorOf([]),
		];
		expect(asRed[0]).toBeGreaterThan(asRed[1] + 50);
		expect(asRed[0]).toBeGreaterThan(asRed[2] + 50);
		expect(asBlue[2]).toBeGreaterThan(asBlue[0] + 50);
		expect(asBlue[2]).toBeGreaterThan(asBlue[1] + 50);
		const redness = ([r, g, b]: readonly [number, number, number]) => r - (g + b) / 2;
		expect(redness(weak)).toBeGreaterThan(redness(plain));
		expect(redness(asRed)).toBeGreaterThan(redness(weak));
	});

	it('that are gone fail the image', async () => {
		const path = `${sandbox.current.urls.files}/files/b/gone.safetensors`;
		expect(await draw([{ path: 'a/b' }, { path }])).toMatchObject({
			status: 422,
			json: { detail: [{ type: 'file_download_error', loc: ['body', 'loras', 1, 'path'] }] },
		});
	});
});
