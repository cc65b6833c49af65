import { createHash } from 'crypto';
import { createServer } from 'http';
import type { AddressInfo } from 'net';

import { createCanvas } from '@napi-rs/canvas';
import type { IBinaryKeyData, IDataObject } from 'n8n-workflow';

import { systemClock } from '../../nodes/ZImage/http/clock';
import { exifOf, withExif } from '../support/imageBytes';
import { makeNoise, makePicture } from '../support/picture';
import { credentialsFor } from '../support/credentials';
import type { BinaryMode, Step, WorkflowOptions } from '../support/runWorkflow';
import { inBinaryMode, runWorkflow, storeFile } from '../support/runWorkflow';
import { submitsOf, uploadsOf, useSandbox } from '../support/sandboxes';

const getSandbox = useSandbox();

const boat = makePicture('png', 640, 480);
const mask = makePicture('webp', 640, 480);
/** Too large to send inline to fal, and larger than a stream's chunk. */
const large = makeNoise('png', 400, 300);
const largeMask = makeNoise('png', 300, 400);

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const dataUri = (bytes: Buffer, type = 'image/png') =>
	`data:${type};base64,${bytes.toString('base64')}`;

/** A user's host, from which providers fetch images. */
let webUrl = '';
const web = createServer((request, response) =>
	response.end(request.url === '/boat.png' ? boat : mask),
);
beforeAll(async () => {
	await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
	webUrl = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
});
afterAll(() => {
	web.close();
	web.closeAllConnections();
});

type Parameters = IDataObject & { provider: string; operation?: string };

async function generate(
	parameters: Parameters,
	binary: ReadonlyArray<IBinaryKeyData | undefined> | IBinaryKeyData = {},
	{ step = {}, ...options }: Partial<WorkflowOptions> & { step?: Partial<Step> } = {},
) {
	return await runWorkflow({
		...(Array.isArray(binary) && { items: binary.map((_, index) => ({ index })) }),
		inputBinary: binary,
		steps: [{ type: 'zImageGenerate', parameters: { prompt: 'a boat', ...parameters }, ...step }],
		credentials: credentialsFor(getSandbox()),
		...options,
	});
}

/** An item's files in n8n. */
async function filesOf(files: Record<string, Buffer>): Promise<IBinaryKeyData> {
	const stored = Object.entries(files).map(
		async ([name, bytes]) => [name, await storeFile(bytes)] as const,
	);
	return Object.fromEntries(await Promise.all(stored));
}

/** What a provider read of an image. */
const read = (field: string, from: 'data' | 'url', bytes: Buffer, width: number, height: number) =>
	expect.objectContaining({
		field,
		from,
		bytes: bytes.length,
		sha256: sha256(bytes),
		width,
		height,
	}) as object;

interface WireCase {
	readonly name: string;
	readonly parameters: Parameters;
	readonly path: string;
	/** Without the prompt and the images. */
	readonly body: object;
	/** The size of the result. */
	readonly size: readonly [number, number];
	readonly costUsd: number | null;
	readonly hasMask?: true;
}

const lora = { path: 'ostris/z_image_turbo_childrens_drawings', scale: 0.85 };
const loras = { lora: [lora] };
const automatic = { image_size: 'auto', num_images: 1 };

/** Each operation with a source image, on each provider that supports it. */
const wireCases: WireCase[] = [
	{
		name: 'fal: Image to Image',
		parameters: { provider: 'fal', operation: 'imageToImage' },
		path: '/fal-ai/z-image/turbo/image-to-image',
		body: automatic,
		size: [640, 480],
		costUsd: 0.001536,
	},
	{
		name: 'fal: Image to Image with a LoRA, a size and options',
		parameters: {
			provider: 'fal',
			operation: 'imageToImage',
			loras,
			outputSize: 'custom',
			width: 600,
			height: 500,
			options: {
				strength: 0.35,
				steps: 5,
				seed: 7,
				outputFormat: 'jpeg',
				enablePromptExpansion: true,
			},
		},
		path: '/fal-ai/z-image/turbo/image-to-image/lora',
		body: {
			image_size: { width: 600, height: 500 },
			num_images: 1,
			seed: 7,
			strength: 0.35,
			num_inference_steps: 5,
			output_format: 'jpeg',
			enable_prompt_expansion: true,
			loras: [lora],
		},
		size: [600, 500],
		costUsd: 0.00505,
	},
	{
		name: 'fal: Inpaint',
		parameters: { provider: 'fal', operation: 'inpaint' },
		path: '/fal-ai/z-image/turbo/inpaint',
		body: automatic,
		size: [640, 480],
		costUsd: null,
		hasMask: true,
	},
	{
		name: 'fal: Inpaint with a LoRA and options',
		parameters: {
			provider: 'fal',
			operation: 'inpaint',
			loras,
			outputSize: '512x512',
			options: { strength: 1, controlScale: 0.5, controlStart: 0.1, controlEnd: 0.9 },
		},
		path: '/fal-ai/z-image/turbo/inpaint/lora',
		body: {
			image_size: 'square',
			num_images: 1,
			strength: 1,
			control_scale: 0.5,
			control_start: 0.1,
			control_end: 0.9,
			loras: [lora],
		},
		size: [512, 512],
		costUsd: null,
		hasMask: true,
	},
	{
		name: 'fal: ControlNet',
		parameters: { provider: 'fal', operation: 'controlNet' },
		path: '/fal-ai/z-image/turbo/controlnet',
		body: { ...automatic, preprocess: 'none' },
		size: [640, 480],
		costUsd: 0.0019968,
	},
	{
		name: 'fal: ControlNet with a LoRA and options',
		parameters: {
			provider: 'fal',
			operation: 'controlNet',
			loras,
			preprocess: 'canny',
			options: { controlScale: 1, controlStart: 0, controlEnd: 0.5 },
		},
		path: '/fal-ai/z-image/turbo/controlnet/lora',
		body: {
			...automatic,
			preprocess: 'canny',
			control_scale: 1,
			control_start: 0,
			control_end: 0.5,
			loras: [lora],
		},
		size: [640, 480],
		costUsd: 0.003072,
	},
	{
		name: 'fal: Seamless Tiling of a picture',
		parameters: { provider: 'fal', operation: 'seamlessTiling' },
		path: '/fal-ai/z-image/turbo/tiling',
		body: automatic,
		size: [640, 480],
		costUsd: 0.006144,
	},
	{
		name: 'fal: Seamless Tiling of a part of a picture, with a LoRA and options',
		parameters: {
			provider: 'fal',
			operation: 'seamlessTiling',
			loras,
			outputSize: '1024x1024',
			options: { strength: 0.5, tilingMode: 'vertical', tileSize: 64, tileStride: 32 },
		},
		path: '/fal-ai/z-image/turbo/tiling/lora',
		body: {
			image_size: 'square_hd',
			num_images: 1,
			strength: 0.5,
			tiling_mode: 'vertical',
			tile_size: 64,
			tile_stride: 32,
			loras: [lora],
		},
		size: [1024, 1024],
		costUsd: 0.0262144,
		hasMask: true,
	},
	{
		name: 'Highway API: Image to Image',
		parameters: { provider: 'highway', operation: 'imageToImage', outputSize: '512x768' },
		path: '/v3/async/z-image-turbo-lora',
		body: { size: '512*768' },
		size: [512, 768],
		costUsd: null,
	},
	{
		name: 'Highway API: Inpaint with a LoRA and options',
		parameters: {
			provider: 'highway',
			operation: 'inpaint',
			loras,
			outputSize: '640x480',
			options: { strength: 0.8, outputFormat: 'png', seed: 3 },
		},
		path: '/v3/async/z-image-turbo-lora',
		body: { size: '640*480', seed: 3, strength: 0.8, output_format: 'png', loras: [lora] },
		size: [640, 480],
		costUsd: null,
		hasMask: true,
	},
];

describe.each(wireCases)('$name', ({ parameters, path, body, size, costUsd, hasMask }) => {
	const isHighway = parameters.provider === 'highway';

	it.each(['binary', 'url'] as const)('with an image from: %s', async (source) => {
		const isFile = source === 'binary';
		const { json, error } = await generate(
			{
				...parameters,
				imageSource: source,
				...(hasMask && { maskSource: source }),
				...(!isFile && { imageUrl: `${webUrl}/boat.png`, maskUrl: `${webUrl}/mask.webp` }),
			},
			await filesOf({ data: boat, ...(hasMask && { mask }) }),
		);
		expect(error).toBeUndefined();
		const sandbox = getSandbox();
		const submits = submitsOf(sandbox);
		expect(submits.map((request) => request.path)).toStrictEqual([path]);
		expect(submits[0]?.body).toStrictEqual({
			prompt: 'a boat',
			...body,
			image_url: isFile ? dataUri(boat) : `${webUrl}/boat.png`,
			...(hasMask && {
				[isHighway ? 'mask' : 'mask_image_url']: isFile
					? dataUri(mask, 'image/webp')
					: `${webUrl}/mask.webp`,
			}),
		});
		expect(uploadsOf(sandbox)).toStrictEqual([]);

		const from = isFile ? 'data' : 'url';
		const maskField = isHighway ? 'mask' : 'mask_image_url';
		expect(sandbox.inputImages).toStrictEqual([
			read('image_url', from, boat, 640, 480),
			...(hasMask ? [read(maskField, from, mask, 640, 480)] : []),
		]);
		// The price depends on the size, which is unknown for a URL.
		const isMeasured = isFile || parameters.outputSize !== undefined;
		expect(json).toStrictEqual([
			expect.objectContaining({
				status: 'succeeded',
				model: isHighway ? 'z-image-turbo-lora' : path.slice(1),
				width: size[0],
				height: size[1],
				estimatedCostUsd:
					isMeasured && costUsd !== null ? (expect.closeTo(costUsd, 12) as number) : null,
			}),
		]);
	});
});

describe('without an image', () => {
	it('fal: Seamless Tiling with only a prompt', async () => {
		const { json, error } = await generate({ provider: 'fal', operation: 'seamlessTiling' });
		expect(error).toBeUndefined();
		expect(submitsOf(getSandbox()).map(({ path, body }) => [path, body])).toStrictEqual([
			['/fal-ai/z-image/turbo/tiling', { prompt: 'a boat', ...automatic }],
		]);
		expect(json[0]).toMatchObject({ width: 1024, height: 1024, estimatedCostUsd: 0.02097152 });
	});

	it.each([
		[{}, '/fal-ai/z-image/base', {}],
		[
			{
				loras,
				options: { guidanceScale: 5.5, negativePrompt: 'text', steps: 50, outputFormat: 'webp' },
			},
			'/fal-ai/z-image/base/lora',
			{
				guidance_scale: 5.5,
				negative_prompt: 'text',
				num_inference_steps: 50,
				output_format: 'webp',
				loras: [lora],
			},
		],
	])('fal: Z-Image Base with %j', async (parameters, path, body) => {
		const { json, error } = await generate({ provider: 'fal', model: 'base', ...parameters });
		expect(error).toBeUndefined();
		expect(submitsOf(getSandbox()).map((request) => [request.path, request.body])).toStrictEqual([
			[path, { prompt: 'a boat', image_size: 'square_hd', num_images: 1, ...body }],
		]);
		const estimatedCostUsd = path.endsWith('/lora') ? 0.012582912 : null;
		expect(json[0]).toMatchObject({ model: path.slice(1), estimatedCostUsd });
	});
});

describe('a mask', () => {
	const maskOf = (hole: 'both' | 'clear' | 'white') => {
		const canvas = createCanvas(640, 480);
		const context = canvas.getContext('2d');
		context.fillRect(0, 0, 640, 480);
		context.fillStyle = 'white';
		if (hole !== 'clear') context.fillRect(100, 100, 200, 200);
		if (hole !== 'white') context.clearRect(350, 100, 200, 200);
		return canvas.toBuffer('image/png');
	};
	const inpaint = { provider: 'fal', operation: 'inpaint' };

	it.each([
		['white', undefined, 0],
		['both', undefined, 1],
		['clear', 'url', 0],
	] as const)('with a %s part, from %s, has %i hints', async (hole, maskSource, count) => {
		const files = await filesOf({ data: boat, mask: maskOf(hole) });
		const parameters = { ...inpaint, ...(maskSource && { maskSource, maskUrl: `${webUrl}/m` }) };
		const { hints, error } = await generate(parameters, [files, files]);
		expect(error).toBeUndefined();
		const found = hints.filter(({ message }) => message.startsWith('The mask has transparent'));
		expect(found).toHaveLength(count);
	});

	it('with a transparent part instead of a white one is refused before anything is sent', async () => {
		const files = await filesOf({ data: boat, mask: maskOf('clear') });
		const { error } = await generate(inpaint, [files, files]);
		expect(error?.message).toBe(
			'The mask has a transparent part and no white one: nothing would be repainted',
		);
		expect(error?.description).toContain('draw it with the color #ffffff');
		expect(getSandbox().requests).toEqual([]);
	});
});

describe('an automatic size on Highway API', () => {
	it.each([
		['of a file', boat, '640*480', [640, 480]],
		['scaled to fit', makePicture('jpeg', 3072, 1024), '1536*512', [1536, 512]],
		['scaled to fit, of a small one', makePicture('webp', 64, 128), '256*512', [256, 512]],
	] as const)('%s', async (_, bytes, size, [width, height]) => {
		const files = await filesOf({ data: bytes });
		const { json } = await generate({ provider: 'highway', operation: 'imageToImage' }, files);
		expect(submitsOf(getSandbox())[0]?.body).toMatchObject({ size });
		expect(json[0]).toMatchObject({ width, height });
	});

	it.each(['jpeg', 'png', 'webp'] as const)('of a rotated photo: %s', async (format) => {
		const photo = withExif(format, makePicture(format, 640, 480), [640, 480], exifOf(6));
		const files = await filesOf({ data: photo });
		await generate({ provider: 'highway', operation: 'imageToImage' }, files);
		expect(submitsOf(getSandbox())[0]?.body).toMatchObject({ size: '480*640' });
	});

	it('of a URL is unknown', async () => {
		await generate({
			provider: 'highway',
			operation: 'imageToImage',
			imageSource: 'url',
			imageUrl: `${webUrl}/boat.png`,
		});
		expect(submitsOf(getSandbox())[0]?.body).toStrictEqual({
			prompt: 'a boat',
			size: '1024*1024',
			image_url: `${webUrl}/boat.png`,
		});
	});
});

describe.each<BinaryMode>(['default', 'filesystem-v2', 'database'])('files of n8n: %s', (mode) => {
	it('a small one is sent inline', async () => {
		await inBinaryMode(mode, async () => {
			const files = await filesOf({ data: boat });
			expect(Boolean(files.data?.id)).toBe(mode !== 'default');
			for (const provider of ['fal', 'highway']) {
				const { error } = await generate({ provider, operation: 'imageToImage' }, files);
				expect(error).toBeUndefined();
			}
		});
		const { inputImages } = getSandbox();
		expect(inputImages).toStrictEqual([
			read('image_url', 'data', boat, 640, 480),
			read('image_url', 'data', boat, 640, 480),
		]);
	});

	it('a large one is uploaded first, byte for byte, without the key', async () => {
		const { json, error } = await inBinaryMode(mode, async () => {
			const file = await storeFile(large, { fileName: 'my boat.png', mimeType: 'text/plain' });
			return await generate({ provider: 'fal', operation: 'imageToImage' }, { data: file });
		});
		expect(error).toBeUndefined();
		const sandbox = getSandbox();
		const [initiate, put, ...more] = uploadsOf(sandbox);
		expect(more).toStrictEqual([]);
		expect(initiate).toMatchObject({
			provider: 'fal',
			method: 'POST',
			path: '/storage/upload/initiate',
			query: { storage_type: 'fal-cdn-v3' },
			body: { content_type: 'image/png', file_name: 'my boat.png' },
		});
		expect(initiate?.headers).toMatchObject({
			authorization: `Key ${sandbox.keys.fal}`,
			'content-type': 'application/json',
		});
		expect(put?.headers).toMatchObject({
			'content-type': 'image/png',
			'content-length': String(large.length),
		});
		expect(put?.headers.authorization).toBeUndefined();
		expect(put?.headers['transfer-encoding']).toBeUndefined();
		expect(sandbox.inputImages).toStrictEqual([read('image_url', 'url', large, 400, 300)]);
		expect(submitsOf(sandbox)[0]?.body).toStrictEqual({
			prompt: 'a boat',
			...automatic,
			image_url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/files\//) as string,
		});
		expect(json[0]).toMatchObject({ width: 400, height: 300 });
	});

	it('leaves no bytes in what n8n stores of the run', async () => {
		const { stored, json } = await inBinaryMode(mode, async () => {
			const files = await filesOf({ data: boat });
			const made = await generate({ provider: 'fal', operation: 'imageToImage' }, files);
			// The previous item's files are its own.
			return { ...made, stored: made.stored.replaceAll(boat.toString('base64'), 'boat') };
		});
		expect(json).toHaveLength(1);
		if (mode !== 'default') expect(stored).not.toMatch(/[A-Za-z0-9+/]{200}/);
		expect(JSON.stringify(json)).not.toMatch(/[A-Za-z0-9+/]{200}/);
	});
});

describe('uploads', () => {
	const parameters = { provider: 'fal', operation: 'imageToImage' };

	it('one file is uploaded once for all images of its item', async () => {
		const files = await filesOf({ data: large });
		const { json } = await generate({ ...parameters, numberOfImages: 4 }, files);
		expect(json).toHaveLength(4);
		expect(submitsOf(getSandbox()).map(({ body }) => body)).toMatchObject([{ num_images: 4 }]);
		expect(uploadsOf(getSandbox())).toHaveLength(2);
	});

	it('one file is uploaded once for all items with it', async () => {
		const files = await filesOf({ data: large });
		const items = [files, files, await filesOf({ data: largeMask }), files];
		const { json, error } = await generate(parameters, items);
		expect(error).toBeUndefined();
		expect(json.map(({ width, height }) => [width, height])).toStrictEqual([
			[400, 300],
			[400, 300],
			[300, 400],
			[400, 300],
		]);
		expect(uploadsOf(getSandbox()).filter(({ method }) => method === 'PUT')).toHaveLength(2);
	});

	it('image and mask are two files, each in its own field', async () => {
		const other = Buffer.concat([large, Buffer.from('mask')]);
		const files = await filesOf({ data: large, mask: other });
		const { error } = await generate({ ...parameters, operation: 'inpaint' }, files);
		expect(error).toBeUndefined();
		expect(uploadsOf(getSandbox()).map(({ method }) => method)).toStrictEqual([
			'POST',
			'PUT',
			'POST',
			'PUT',
		]);
		expect(getSandbox().inputImages).toStrictEqual([
			read('image_url', 'url', large, 400, 300),
			read('mask_image_url', 'url', other, 400, 300),
		]);
	});

	it('each item has its own file', async () => {
		const items = [
			await filesOf({ data: large }),
			await filesOf({ data: boat }),
			await filesOf({ data: largeMask }),
		];
		const { json } = await generate({ ...parameters, prompt: '={{ $json.index }}' }, items);
		expect(json.map(({ prompt, width, height }) => [prompt, width, height])).toStrictEqual([
			['0', 400, 300],
			['1', 640, 480],
			['2', 300, 400],
		]);
		expect(uploadsOf(getSandbox())).toHaveLength(4);
		const seen = getSandbox().tasks.map(({ image }) => image?.sha256);
		expect(seen.sort()).toStrictEqual([large, boat, largeMask].map(sha256).sort());
	});

	it.each([
		['sandbox-initiate-503-x2.png', ['POST', 'POST', 'POST', 'PUT']],
		['sandbox-initiate-reset-x1.png', ['POST', 'POST', 'PUT']],
		['sandbox-initiate-429-x1.png', ['POST', 'POST', 'PUT']],
		['sandbox-upload-503-x2.png', ['POST', 'PUT', 'PUT', 'PUT']],
		['sandbox-upload-429-x1.png', ['POST', 'PUT', 'PUT']],
		['sandbox-upload-reset-x1.png', ['POST', 'PUT', 'PUT']],
	])('recover from %s', async (fileName, methods) => {
		const files = { data: await storeFile(large, { fileName }) };
		const { error } = await generate(parameters, files);
		expect(error).toBeUndefined();
		expect(uploadsOf(getSandbox()).map(({ method }) => method)).toStrictEqual(methods);
		expect(getSandbox().inputImages).toStrictEqual([read('image_url', 'url', large, 400, 300)]);
		expect(submitsOf(getSandbox())).toHaveLength(1);
	});

	it.each([
		['sandbox-initiate-401.png', 'fal did not accept the file upload (HTTP 401): '],
		['sandbox-initiate-503.png', 'fal did not accept the file upload (HTTP 503): '],
		['sandbox-no-money.png', 'fal did not accept the file upload (HTTP 403): '],
		['sandbox-initiate-redirect.png', 'fal did not accept the file upload (HTTP 30'],
		[
			'sandbox-initiate-html.png',
			'fal returned an unexpected response (HTTP 200) when asked for an upload location',
		],
		[
			'sandbox-initiate-other-json.png',
			'fal returned an unexpected response (HTTP 200) when asked for an upload location',
		],
		['sandbox-initiate-reset.png', 'The connection to fal broke (ECONNRESET)'],
		['sandbox-upload-403.png', 'A file could not be uploaded to fal: HTTP 403'],
		['sandbox-upload-503.png', 'A file could not be uploaded to fal: HTTP 503'],
		['sandbox-upload-429.png', 'A file could not be uploaded to fal: HTTP 429'],
		['sandbox-upload-reset.png', 'A file could not be uploaded to fal: ECONNRESET'],
		['sandbox-upload-redirect.png', 'A file could not be uploaded to fal: HTTP 30'],
	])('that end with %s submit nothing', async (fileName, message) => {
		const files = { data: await storeFile(large, { fileName }) };
		const { error, stored } = await generate(
			{ ...parameters, options: { timeoutSeconds: 60 } },
			files,
		);
		expect(error?.message.slice(0, message.length)).toBe(message);
		expect(error?.description).toBeTruthy();
		expect(submitsOf(getSandbox())).toHaveLength(0);
		expect(stored).not.toContain(getSandbox().keys.fal);
		// A redirect leads neither the key nor the file anywhere.
		const elsewhere = getSandbox().requestsTo('files');
		expect(elsewhere.every(({ headers }) => headers.authorization === undefined)).toBe(true);
	});

	it("that fail don't affect the other items, with continue on fail", async () => {
		const items = [
			{ data: await storeFile(large, { fileName: 'sandbox-upload-403.png' }) },
			{ data: await storeFile(large, { fileName: 'good.png' }) },
		];
		const { json } = await generate(parameters, items, {
			step: { onError: 'continueRegularOutput' },
		});
		expect(json.map(({ status, error }) => status ?? error)).toStrictEqual([
			'A file could not be uploaded to fal: HTTP 403',
			'succeeded',
		]);
		expect(submitsOf(getSandbox())).toHaveLength(1);
	});

	it('that hang end with the task’s own deadline', async () => {
		const files = { data: await storeFile(large, { fileName: 'sandbox-upload-hang.png' }) };
		const { error } = await generate({ ...parameters, options: { timeoutSeconds: 1 } }, files, {
			clock: systemClock,
		});
		expect(error?.message).toMatch(/^A file could not be uploaded to fal: E[A-Z]+$/);
		expect(submitsOf(getSandbox())).toHaveLength(0);
	});

	it("go to the credential's storage URL, and to no other host", async () => {
		const credentials = credentialsFor(getSandbox());
		const { error } = await generate(parameters, await filesOf({ data: large }), {
			credentials: {
				zImageFalApi: { ...credentials.zImageFalApi, storageUrl: 'http://127.0.0.1:9' },
			},
		});
		expect(error?.message).toBe('fal cannot be reached (ECONNREFUSED)');
		expect(getSandbox().requests).toHaveLength(0);
	});
});

it('each item decides where its image comes from', async () => {
	const files = await filesOf({ boat });
	const { json, error } = await generate(
		{
			provider: 'fal',
			operation: 'imageToImage',
			imageSource: '={{ $json.from }}',
			imageField: '={{ $json.field }}',
			imageUrl: '={{ $json.url }}',
			outputSize: '={{ $json.size }}',
			// One after another, to keep the order of the submits.
			options: { maxConcurrency: 1 },
		},
		files,
		{
			items: [
				{ from: 'binary', field: 'boat', size: 'auto' },
				{ from: 'url', url: `${webUrl}/boat.png`, size: '512x768' },
			],
		},
	);
	expect(error).toBeUndefined();
	expect(submitsOf(getSandbox()).map(({ body }) => body)).toStrictEqual([
		{ prompt: 'a boat', ...automatic, image_url: dataUri(boat) },
		{
			prompt: 'a boat',
			image_size: { width: 512, height: 768 },
			num_images: 1,
			image_url: `${webUrl}/boat.png`,
		},
	]);
	expect(json.map(({ width, height }) => [width, height])).toStrictEqual([
		[640, 480],
		[512, 768],
	]);
});

describe('an invalid request costs nothing', () => {
	const png = { data: boat };
	it.each<[string, Parameters, Record<string, Buffer>, string]>([
		[
			'another name',
			{ provider: 'highway', operation: 'imageToImage', imageField: 'boat' },
			png,
			'The input item has no file in the binary field "boat" for the source image',
		],
		[
			'no image',
			{ provider: 'fal', operation: 'controlNet' },
			{ data: Buffer.from('a text') },
			'The source image is not a PNG, JPEG or WebP image: content type of "data": image/png',
		],
		[
			'a mask of another size',
			{ provider: 'fal', operation: 'inpaint' },
			{ data: boat, mask: large },
			'The mask must have the size of the source image, 640 x 480 pixels (got 400 x 300)',
		],
		[
			'an unsupported URL',
			{ provider: 'fal', operation: 'imageToImage', imageSource: 'url', imageUrl: 'file:///a.png' },
			png,
			'The URL of the source image must start with http:// or https:// (got "file:///a.png")',
		],
		[
			'a strength above the limit',
			{ provider: 'highway', operation: 'imageToImage', options: { strength: 1.5 } },
			png,
			'Strength must be a number between 0 and 1 on Highway API (got 1.5)',
		],
		[
			'an odd tile',
			{ provider: 'fal', operation: 'seamlessTiling', options: { tileSize: 63 } },
			{},
			'Tile Size must be a multiple of 2 between 32 and 256 on fal (got 63)',
		],
		[
			'an invalid size',
			{ provider: 'fal', operation: 'imageToImage', outputSize: '={{ "large" }}' },
			png,
			'Size must be width x height, such as 1024x768 (got "large")',
		],
		[
			'a size above the limit',
			{ provider: 'highway', operation: 'imageToImage', outputSize: '2048x512' },
			png,
			'Width must be a whole number between 256 and 1536 on Highway API (got 2048)',
		],
		[
			"a guidance scale above Base's limit",
			{ provider: 'fal', model: 'base', options: { guidanceScale: 21 } },
			{},
			'Guidance Scale must be a number between 1 and 20 on fal (got 21)',
		],
	])('%s', async (_, parameters, files, message) => {
		const binary = await filesOf(files);
		const { error } = await generate(parameters, [binary, binary]);
		expect(error?.message).toBe(message);
		expect(error?.context).toMatchObject({ itemIndex: 0 });
		expect(getSandbox().requests).toHaveLength(0);
	});

	it('an invalid later item prevents all requests and uploads', async () => {
		const { error } = await generate({ provider: 'fal', operation: 'imageToImage' }, [
			await filesOf({ data: large }),
			{},
		]);
		expect(error?.message).toBe(
			'The input item has no file in the binary field "data" for the source image',
		);
		expect(error?.context).toMatchObject({ itemIndex: 1 });
		expect(getSandbox().requests).toHaveLength(0);
	});
});

describe('hints', () => {
	const documented = expect.stringContaining(
		"were sent inline, which the provider doesn't document",
	) as string;

	it.each([
		['highway', 'imageToImage', { imageSource: 'binary' }, [documented]],
		[
			'highway',
			'inpaint',
			{ imageSource: 'url', imageUrl: 'WEB/boat.png', maskSource: 'binary' },
			[documented],
		],
		['highway', 'imageToImage', { imageSource: 'url', imageUrl: 'WEB/boat.png' }, []],
		['highway', 'textToImage', {}, []],
		['fal', 'imageToImage', {}, []],
	])('%s, %s, %j', async (provider, operation, parameters, expected) => {
		const located = JSON.parse(JSON.stringify(parameters).replaceAll('WEB', webUrl)) as IDataObject;
		const { hints, error } = await generate(
			{ provider, operation, ...located },
			await filesOf({ data: boat, mask }),
		);
		expect(error).toBeUndefined();
		expect(hints.map(({ message }) => message)).toStrictEqual(expected);
	});

	it("name the options that the operation doesn't support", async () => {
		const { hints, error } = await generate(
			{
				provider: 'fal',
				operation: 'imageToImage',
				options: { tileSize: 64, guidanceScale: 4, strength: 0.5, controlEnd: 1 },
			},
			await filesOf({ data: boat }),
		);
		expect(error).toBeUndefined();
		expect(submitsOf(getSandbox())[0]?.body).toMatchObject({ strength: 0.5 });
		expect(hints.map(({ message }) => message)).toStrictEqual([
			expect.stringContaining('ignored: Control End, Guidance Scale, Tile Size.'),
		]);
	});
});

it('two images on Highway API are two tasks with the same image', async () => {
	const { json } = await generate(
		{ provider: 'highway', operation: 'imageToImage', numberOfImages: 2, options: { seed: 5 } },
		await filesOf({ data: boat }),
	);
	expect(json.map(({ imageIndex, imageCount, seed }) => [imageIndex, imageCount, seed])).toEqual([
		[0, 2, 5],
		[1, 2, 6],
	]);
	// Both are sent at once, in any order.
	const bodies = submitsOf(getSandbox())
		.map(({ body }) => body as IDataObject)
		.sort((a, b) => Number(a.seed) - Number(b.seed));
	expect(bodies).toStrictEqual(
		[5, 6].map((seed) => ({ prompt: 'a boat', size: '640*480', seed, image_url: dataUri(boat) })),
	);
});

describe('a later attempt', () => {
	const parameters = {
		provider: 'fal',
		operation: 'imageToImage',
		prompt: 'a boat [sandbox:download=404*1]',
	};

	it.each<BinaryMode>(['default', 'filesystem-v2', 'database'])(
		"resumes the task, and doesn't upload the file again (%s)",
		async (mode) => {
			const { json, error, hints } = await inBinaryMode(mode, async () => {
				const files = await filesOf({ data: large });
				return await generate(parameters, files, { step: { maxTries: 2 } });
			});
			expect(error).toBeUndefined();
			expect(json).toStrictEqual([
				expect.objectContaining({ status: 'succeeded', width: 400, height: 300 }),
			]);
			expect(uploadsOf(getSandbox())).toHaveLength(2);
			expect(submitsOf(getSandbox())).toHaveLength(1);
			expect(hints.map(({ message }) => message)).toStrictEqual([
				expect.stringContaining('1 task from an earlier attempt resumed'),
			]);
		},
	);

	it('resumes both tasks of Highway API', async () => {
		const { json, error } = await generate(
			{ ...parameters, provider: 'highway', numberOfImages: 2 },
			await filesOf({ data: boat }),
			{ step: { maxTries: 3 } },
		);
		expect(error).toBeUndefined();
		expect(json).toHaveLength(2);
		expect(submitsOf(getSandbox())).toHaveLength(2);
	});
});

it("Submit returns an image's task, and Get Task Result fetches it", async () => {
	const { json, error } = await generate(
		{ provider: 'fal', operation: 'imageToImage', mode: 'submit' },
		await filesOf({ data: boat }),
		{
			steps: [
				{
					type: 'zImageGenerate',
					parameters: {
						provider: 'fal',
						operation: 'imageToImage',
						prompt: 'a boat',
						mode: 'submit',
					},
				},
				{ type: 'zImageGetTaskResult', parameters: { provider: 'fal' } },
			],
		},
	);
	expect(error).toBeUndefined();
	expect(json).toStrictEqual([
		expect.objectContaining({
			status: 'succeeded',
			model: 'fal-ai/z-image/turbo/image-to-image',
			width: 640,
			height: 480,
			estimatedCostUsd: expect.closeTo(0.001536, 12) as number,
		}),
	]);
});
