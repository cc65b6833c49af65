import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FalBody } from './bodies';
import { authorization, call, useSandbox } from './http';
import { dataUri, distance, halves, pixelsOf, sha256, type Rgb } from './images';
import { like } from './like';

const sandbox = useSandbox();
const ROOT = 'fal-ai/z-image';
const RED: Rgb = [255, 0, 0];
const BLUE: Rgb = [0, 0, 255];
const SOURCE = halves(320, 256, 'red', 'blue');
const SOURCE_URI = dataUri(SOURCE);
const MASK = halves(160, 128, 'black', 'white');

const key = () => authorization(sandbox.current).fal;
const submit = (path: string, body: object) =>
	call<FalBody>(`${sandbox.current.urls.fal}/${ROOT}/${path}`, { key: key(), body });
async function resultOf(path: string, body: object) {
	const { json } = await submit(path, { prompt: 'a cat', seed: 1, ...body });
	const status = await call<FalBody>(json.status_url, { key: key() });
	expect(status.json).toMatchObject({ status: 'COMPLETED' });
	expect(status.json).not.toHaveProperty('error');
	return await call<FalBody>(json.response_url, { key: key() });
}
async function draw(path: string, body: object) {
	const { json } = await resultOf(path, body);
	return await pixelsOf((await call(json.images[0].url)).bytes);
}

const IMAGE = { image_url: SOURCE_URI };
const BOTH = { image_url: SOURCE_URI, mask_image_url: dataUri(MASK) };

describe.each(['', '/lora'])('every endpoint%s', (variant) => {
	it.each([
		['turbo', {}, 1024, 768],
		['base', {}, 1024, 768],
		['turbo/image-to-image', IMAGE, 320, 256],
		['turbo/inpaint', BOTH, 320, 256],
		['turbo/controlnet', IMAGE, 320, 256],
		['turbo/tiling', {}, 1024, 1024],
		['turbo/tiling', { ...IMAGE, image_size: 'auto' }, 320, 256],
		['turbo/tiling', { image_size: 'auto' }, 1024, 1024],
		['turbo/image-to-image', { ...IMAGE, image_size: 'square' }, 512, 512],
	])(`%s${variant} generates an image of its size`, async (path, body, width, height) => {
		const loras = variant === '' ? {} : { loras: [{ path: 'a/b' }] };
		const { status, json } = await resultOf(path + variant, { ...body, ...loras });
		expect(status).toBe(200);
		expect(json.images[0]).toMatchObject({ width, height, content_type: 'image/png' });
		const { bytes } = await call(json.images[0].url);
		expect(await pixelsOf(bytes)).toMatchObject({ width, height });
	});

	const invalid: [string, object, string, string][] = [
		['turbo/image-to-image', {}, 'image_url', 'missing'],
		['turbo/image-to-image', { image_url: null }, 'image_url', 'string_type'],
		['turbo/image-to-image', { ...IMAGE, strength: 1.1 }, 'strength', 'less_than_equal'],
		['turbo/image-to-image', { ...IMAGE, strength: 'x' }, 'strength', 'float_type'],
		['turbo/image-to-image', BOTH, 'mask_image_url', 'extra_forbidden'],
		['turbo/inpaint', IMAGE, 'mask_image_url', 'missing'],
		['turbo/inpaint', { mask_image_url: 'x' }, 'image_url', 'missing'],
		['turbo/inpaint', { ...BOTH, control_start: -0.1 }, 'control_start', 'greater_than_equal'],
		['turbo/inpaint', { ...BOTH, preprocess: 'none' }, 'preprocess', 'extra_forbidden'],
		['turbo/controlnet', {}, 'image_url', 'missing'],
		['turbo/controlnet', { ...IMAGE, preprocess: 'edges' }, 'preprocess', 'one_of'],
		['turbo/controlnet', { ...IMAGE, strength: 0.5 }, 'strength', 'extra_forbidden'],
		['turbo/tiling', { tile_size: 63 }, 'tile_size', 'multiple_of'],
		['turbo/tiling', { tile_stride: 2.5 }, 'tile_stride', 'int_from_float'],
		['turbo/tiling', { tiling_mode: 'diagonal' }, 'tiling_mode', 'one_of'],
		['turbo/tiling', { mask_image_url: 'x' }, 'mask_image_url', 'value_error'],
		['turbo', { image_size: 'auto' }, 'image_size', 'one_of'],
		['turbo', IMAGE, 'image_url', 'extra_forbidden'],
		['turbo', { negative_prompt: 'x' }, 'negative_prompt', 'extra_forbidden'],
		['base', { enable_prompt_expansion: true }, 'enable_prompt_expansion', 'extra_forbidden'],
		['base', { image_size: 'auto' }, 'image_size', 'one_of'],
		['base', { guidance_scale: '4' }, 'guidance_scale', 'float_type'],
		['base', { num_inference_steps: 51 }, 'num_inference_steps', 'less_than_equal'],
	];
	it.each(invalid)(`%s${variant} %j: %s %s`, async (path, body, field, type) => {
		const { status, json } = await resultOf(path + variant, body);
		expect(status).toBe(422);
		expect(json.detail).toContainEqual(like.object({ loc: ['body', field], type }));
		expect(sandbox.current.inputImages).toEqual([]);
	});
});

it('only the variants with LoRAs accept LoRAs', async () => {
	for (const [path, body] of [
		['turbo', {}],
		['turbo/image-to-image', IMAGE],
		['base', {}],
	] as const) {
		const { json } = await resultOf(path, { ...body, loras: [] });
		expect(json.detail[0]).toMatchObject({ loc: ['body', 'loras'], type: 'extra_forbidden' });
	}
});

describe('the image', () => {
	const LEFT: readonly [number, number] = [40, 20];
	const RIGHT: readonly [number, number] = [280, 20];

	it('image-to-image: the source shows through according to strength', async () => {
		const [kept, half, none] = await Promise.all(
			[0, 0.5, 1].map((strength) => draw('turbo/image-to-image', { ...IMAGE, strength })),
		);
		expect(kept!.at(...LEFT)).toEqual(RED);
		expect(kept!.at(...RIGHT)).toEqual(BLUE);
		for (const place of [LEFT, RIGHT]) {
			const blend = kept!.at(...place).map((value, index) => {
				return (value + none!.at(...place)[index]!) / 2;
			});
			expect(distance(half!.at(...place), blend as unknown as Rgb)).toBeLessThan(3);
		}
		expect(distance(none!.at(...LEFT), RED)).toBeGreaterThan(30);
	});

	it.each(['turbo/inpaint', 'turbo/tiling'])(
		'%s: the result only where the mask is white',
		async (path) => {
			const { at, width, height } = await draw(path, { ...BOTH, image_size: 'auto', strength: 1 });
			for (let y = 0; y < height; y += 5) {
				for (let x = 0; x < width / 2 - 4; x += 5) expect(at(x, y)).toEqual(RED);
			}
			let changed = 0;
			for (let y = 0; y < height; y += 5) {
				if (distance(at(width - 20, y), BLUE) > 30) changed += 1;
			}
			expect(changed).toBeGreaterThan(40);
		},
	);

	it('inpaint: gray areas of the mask blend', async () => {
		const grey = (colour: string) =>
			draw('turbo/inpaint', { ...IMAGE, mask_image_url: dataUri(halves(320, 256, colour)) });
		const [black, middle, white] = [
			(await grey('black')).at(...LEFT),
			(await grey('#808080')).at(...LEFT),
			(await grey('white')).at(...LEFT),
		];
		expect(black).toEqual(RED);
		expect(distance(middle, black)).toBeGreaterThan(20);
		expect(distance(middle, white)).toBeGreaterThan(20);
	});

	it("controlnet: the source's light, the result's colors", async () => {
		const body = { image_url: dataUri(halves(320, 256, 'black', 'white')) };
		const none = await draw('turbo/controlnet', { ...body, control_scale: 1 });
		expect(Math.max(...none.at(...LEFT))).toBeLessThan(20);
		expect(Math.min(...none.at(...RIGHT))).toBeGreaterThan(235);
		const canny = await draw('turbo/controlnet', {
			...body,
			control_scale: 1,
			preprocess: 'canny',
		});
		expect(Math.max(...canny.at(...RIGHT))).toBeLessThan(20);
		expect(Math.min(...canny.at(159, 20))).toBeGreaterThan(235);
	});

	it.each([
		['both', true, true],
		['horizontal', true, false],
		['vertical', false, true],
	])('tiling %s repeats: left to right %p, top to bottom %p', async (tiling_mode, across, down) => {
		const image_size = { width: 300, height: 300 };
		const { at } = await draw('turbo/tiling', {
			prompt: 'a red fox in the autumn forest',
			image_size,
			tiling_mode,
		});
		const far = (places: [Rgb, Rgb][]) =>
			Math.max(...places.map(([one, two]) => distance(one, two)));
		const steps = Array.from({ length: 10 }, (_item, index) => index * 30);
		const sides = far(steps.map((y) => [at(0, y), at(299, y)]));
		const ends = far(steps.map((x) => [at(x, 0), at(x, 299)]));
		expect([sides < 12, ends < 12]).toEqual([across, down]);
	});

	it('scale, mode and prompt each change the image', async () => {
		const bodies: [string, object][] = [
			['turbo/controlnet', IMAGE],
			['turbo/controlnet', { ...IMAGE, preprocess: 'depth' }],
			['turbo/controlnet', { ...IMAGE, preprocess: 'pose' }],
			['turbo/controlnet', { ...IMAGE, control_end: 0.5 }],
			['turbo/inpaint', BOTH],
			['base', { image_size: 'square' }],
			['base', { image_size: 'square', negative_prompt: 'blurry' }],
			['base', { image_size: 'square', guidance_scale: 7 }],
		];
		const seen = await Promise.all(
			bodies.map(async ([path, body]) => {
				const { json } = await resultOf(path, body);
				return sha256((await call(json.images[0].url)).bytes);
			}),
		);
		expect(new Set(seen).size).toBe(bodies.length);
	});

	it.each(['jpeg', 'webp'] as const)('a %s is read, too', async (format) => {
		const { json } = await resultOf('turbo', { output_format: format, image_size: 'square' });
		const image_url = json.images[0].url;
		expect((await resultOf('turbo/image-to-image', { image_url })).json.images[0]).toMatchObject({
			width: 512,
			height: 512,
		});
	});
});

describe("a task's record of its input images", () => {
	const image = {
		provider: 'fal',
		field: 'image_url',
		from: 'data',
		bytes: SOURCE.length,
		sha256: sha256(SOURCE),
		width: 320,
		height: 256,
	};
	const mask = {
		...image,
		field: 'mask_image_url',
		bytes: MASK.length,
		sha256: sha256(MASK),
		width: 160,
		height: 128,
	};

	it('contains both, in the task and in a list', async () => {
		await resultOf('turbo/inpaint', BOTH);
		expect(sandbox.current.tasks).toEqual([like.object({ image, mask })]);
		expect(sandbox.current.inputImages).toEqual([image, mask]);
		sandbox.current.reset();
		expect(sandbox.current.inputImages).toEqual([]);
	});

	it('is empty for a task without images', async () => {
		await resultOf('turbo', {});
		expect(sandbox.current.tasks).toEqual([like.object({ image: null, mask: null })]);
	});

	it('exists for fal.run, too, which has no tasks', async () => {
		const { status } = await call(`${sandbox.current.urls.falSync}/${ROOT}/turbo/image-to-image`, {
			key: key(),
			body: { prompt: 'a cat', ...IMAGE },
		});
		expect(status).toBe(200);
		expect(sandbox.current.inputImages).toEqual([{ ...image, provider: 'falSync' }]);
	});

	it("the provider's own download isn't recorded as a request", async () => {
		const { json } = await resultOf('turbo', { image_size: 'square' });
		const before = sandbox.current.requests.length;
		await resultOf('turbo/image-to-image', { image_url: json.images[0].url });
		expect(sandbox.current.requestsTo('files')).toEqual([]);
		expect(sandbox.current.requests).toHaveLength(before + 3);
		expect(sandbox.current.inputImages).toMatchObject([{ from: 'url', width: 512 }]);
	});
});

describe('an unavailable image is a result of 422', () => {
	let server: Server;
	let base = '';
	beforeAll(async () => {
		server = createServer((request, response) => {
			if (request.url === '/image') response.end(SOURCE);
			else if (request.url === '/moved') response.writeHead(302, { location: '/image' }).end();
			else if (request.url === '/text') response.end('no image');
			else if (request.url === '/svg')
				response.end('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
			else if (request.url === '/huge') response.end(Buffer.alloc(50 * 1024 * 1024 + 1));
			else response.writeHead(404).end();
		}).listen(0, '127.0.0.1');
		await new Promise((resolve) => server.once('listening', resolve));
		base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	});
	afterAll(() => server.close());

	it('but not one on another port of this machine', async () => {
		const { status } = await resultOf('turbo/image-to-image', { image_url: `${base}/image` });
		expect(status).toBe(200);
	});

	const cases: [string, string | (() => string), string][] = [
		['a file that is not there', () => `${base}/nothing`, 'file_download_error'],
		['a redirect', () => `${base}/moved`, 'file_download_error'],
		['another host', 'https://example.com/cat.png', 'file_download_error'],
		['a local path', '/home/me/cat.png', 'file_download_error'],
		['another protocol', 'ftp://127.0.0.1/cat.png', 'file_download_error'],
		['no text', '', 'file_download_error'],
		['text', () => `${base}/text`, 'image_load_error'],
		['SVG', () => `${base}/svg`, 'image_load_error'],
		['too many bytes', () => `${base}/huge`, 'file_too_large'],
		['a data URL without an image', dataUri(Buffer.from('no image')), 'image_load_error'],
		['an empty data URL', 'data:image/png;base64,', 'image_load_error'],
		['a data URL of unknown type', dataUri(SOURCE, 'image/x-mine'), 'file_download_error'],
		['a data URL without a type', dataUri(SOURCE, ''), 'file_download_error'],
		['a data URL without base64', 'data:image/png,abc', 'file_download_error'],
		['half a data URL', 'data:image/png;base64', 'file_download_error'],
	];
	it.each(cases)('%s', async (_name, url, type) => {
		const input = typeof url === 'string' ? url : url();
		const { status, headers, json } = await resultOf('turbo/inpaint', {
			...BOTH,
			mask_image_url: input,
		});
		expect(status).toBe(422);
		expect(headers['x-fal-retryable']).toBe('false');
		expect(json).toEqual({
			detail: [like.object({ loc: ['body', 'mask_image_url'], type, input: input.slice(0, 200) })],
		});
		expect(sandbox.current.tasks).toMatchObject([{ image: { width: 320 }, mask: null }]);
	});
});
