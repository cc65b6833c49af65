import type { IDataObject } from 'n8n-workflow';
import { ZodError } from 'zod';

import { aimlapi } from '../../nodes/ZImage/providers/aimlapi';
import { fal } from '../../nodes/ZImage/providers/fal';
import type { Endpoint, ProviderOption } from '../../nodes/ZImage/providers/provider';
import { answer } from '../support/fakeClient';
import {
	allOptions,
	documentedOptions,
	imageRequest,
	optionValues,
	twoLoras,
} from '../support/request';

const wireOptions = {
	num_inference_steps: 6,
	output_format: 'webp',
	acceleration: 'high',
	enable_safety_checker: false,
	enable_prompt_expansion: true,
};

describe('fal: submit', () => {
	it('sends turbo the minimum', () => {
		expect(fal.submit(imageRequest())).toStrictEqual({
			method: 'POST',
			path: '/fal-ai/z-image/turbo',
			model: 'fal-ai/z-image/turbo',
			body: { prompt: 'a lighthouse', image_size: 'square_hd', num_images: 1 },
		});
	});

	it('sends turbo/lora everything', () => {
		const request = imageRequest({
			width: 800,
			height: 600,
			numberOfImages: 4,
			seed: 0,
			loras: twoLoras,
			options: allOptions,
		});
		expect(fal.submit(request)).toStrictEqual({
			method: 'POST',
			path: '/fal-ai/z-image/turbo/lora',
			model: 'fal-ai/z-image/turbo/lora',
			body: {
				prompt: 'a lighthouse',
				image_size: { width: 800, height: 600 },
				num_images: 4,
				seed: 0,
				...wireOptions,
				loras: twoLoras,
			},
		});
	});
});

/** fal's documented fields for the options, independent of the code. */
const falFields: Readonly<Partial<Record<ProviderOption, string>>> = {
	acceleration: 'acceleration',
	controlEnd: 'control_end',
	controlScale: 'control_scale',
	controlStart: 'control_start',
	enablePromptExpansion: 'enable_prompt_expansion',
	enableSafetyChecker: 'enable_safety_checker',
	guidanceScale: 'guidance_scale',
	negativePrompt: 'negative_prompt',
	outputFormat: 'output_format',
	preprocess: 'preprocess',
	steps: 'num_inference_steps',
	strength: 'strength',
	tileSize: 'tile_size',
	tileStride: 'tile_stride',
	tilingMode: 'tiling_mode',
} as const satisfies Readonly<Partial<Record<ProviderOption, string>>>;

const image = 'https://a.example/source.png';
const mask = 'data:image/png;base64,iVBORw0KGgo=';

/** Every fal endpoint: its ID, and the images that it accepts. */
const falEndpoints: Array<[id: string, Pick<Endpoint, 'model' | 'operation'>, pictures: object]> = [
	['turbo', { operation: 'textToImage', model: 'turbo' }, {}],
	['base', { operation: 'textToImage', model: 'base' }, {}],
	['turbo/image-to-image', { operation: 'imageToImage', model: 'turbo' }, { image }],
	['turbo/inpaint', { operation: 'inpaint', model: 'turbo' }, { image, mask }],
	['turbo/controlnet', { operation: 'controlNet', model: 'turbo' }, { image }],
	['turbo/tiling', { operation: 'seamlessTiling', model: 'turbo' }, {}],
	['turbo/tiling', { operation: 'seamlessTiling', model: 'turbo' }, { image }],
	['turbo/tiling', { operation: 'seamlessTiling', model: 'turbo' }, { image, mask }],
];

describe.each(falEndpoints)('fal: %s for %j with %j', (id, { operation, model }, pictures) => {
	const names = (documentedOptions[`fal ${operation} ${model}`] ?? []) as Array<
		keyof typeof falFields
	>;
	const options = Object.fromEntries(names.map((name) => [name, optionValues[name]]));
	const wirePictures = {
		...('image' in pictures && { image_url: image }),
		...('mask' in pictures && { mask_image_url: mask }),
	};
	const request = imageRequest({ operation, model, ...pictures });
	const least = { prompt: 'a lighthouse', image_size: 'square_hd', num_images: 1, ...wirePictures };

	it('receives the minimum', () => {
		expect(fal.submit(request)).toStrictEqual({
			method: 'POST',
			path: `/fal-ai/z-image/${id}`,
			model: `fal-ai/z-image/${id}`,
			body: least,
		});
	});

	it('receives everything, with LoRAs', () => {
		const everything = { width: 800, height: 600, numberOfImages: 4, seed: 0, loras: twoLoras };
		expect(fal.submit({ ...request, ...everything, options })).toStrictEqual({
			method: 'POST',
			path: `/fal-ai/z-image/${id}/lora`,
			model: `fal-ai/z-image/${id}/lora`,
			body: {
				...least,
				image_size: { width: 800, height: 600 },
				num_images: 4,
				seed: 0,
				...Object.fromEntries(names.map((name) => [falFields[name] ?? '', optionValues[name]])),
				loras: twoLoras,
			},
		});
	});

	it.each(names)('adds only the field for the option %s', (name) => {
		const value = optionValues[name];
		expect(fal.submit({ ...request, options: { [name]: value } }).body).toStrictEqual({
			...least,
			[falFields[name] ?? '']: value,
		});
	});

	if ('image' in pictures) {
		it.each([
			[null, null],
			[640, 480],
			[1024, 1024],
		])("requests the source's size, whether %j x %j, as auto", (width, height) => {
			const kept = { ...request, width, height, automaticSize: true as const };
			expect(fal.submit(kept).body).toStrictEqual({ ...least, image_size: 'auto' });
		});
	}
});

it('fal: every option of every endpoint has its own field name', () => {
	const documented = Object.entries(documentedOptions).flatMap(([endpoint, names]) =>
		endpoint.startsWith('fal ') ? names : [],
	);
	expect(Object.keys(falFields).sort()).toStrictEqual([...new Set(documented)].sort());
	expect(new Set(Object.values(falFields)).size).toBe(Object.keys(falFields).length);
});

describe('fal: storage', () => {
	const { upload } = fal.files;

	it('receives the request for an upload URL', () => {
		const file = { contentType: 'image/webp', fileName: 'größe & co.webp', bytes: 262_145 };
		expect(upload.initiate(file)).toStrictEqual({
			service: 'storage',
			method: 'POST',
			path: '/storage/upload/initiate',
			query: { storage_type: 'fal-cdn-v3' },
			body: { content_type: 'image/webp', file_name: 'größe & co.webp' },
		});
	});

	it("returns the upload URL and the file's later URL", () => {
		const body = {
			upload_url: 'https://v3.fal.media/upload?signature=a',
			file_url: 'https://v3.fal.media/files/b.png',
			more: 1,
		};
		expect(upload.parseInitiate(answer(200, body))).toStrictEqual({
			uploadUrl: 'https://v3.fal.media/upload?signature=a',
			fileUrl: 'https://v3.fal.media/files/b.png',
		});
	});

	it.each([
		[undefined],
		[null],
		['https://v3.fal.media'],
		[{}],
		[{ upload_url: 'https://a.example' }],
		[{ file_url: 'https://a.example' }],
		[{ upload_url: '', file_url: 'https://a.example' }],
		[{ upload_url: 'https://a.example', file_url: '' }],
		[{ upload_url: 1, file_url: 'https://a.example' }],
		[{ detail: 'Not Found' }],
	])('%j contains no upload URL', (body) => {
		expect(() => upload.parseInitiate(answer(200, body))).toThrow(ZodError);
	});
});

describe('aimlapi: submit', () => {
	it('sends turbo the minimum, without prompt expansion', () => {
		expect(aimlapi.submit(imageRequest())).toStrictEqual({
			method: 'POST',
			path: '/v1/images/generations',
			model: 'alibaba/z-image-turbo',
			body: {
				model: 'alibaba/z-image-turbo',
				prompt: 'a lighthouse',
				image_size: 'square_hd',
				num_images: 1,
				enable_prompt_expansion: false,
			},
			holdsImages: true,
		});
	});

	it('sends turbo-lora everything', () => {
		const request = imageRequest({
			width: 1440,
			height: 512,
			numberOfImages: 2,
			seed: 1,
			loras: twoLoras,
			options: allOptions,
		});
		expect(aimlapi.submit(request)).toStrictEqual({
			method: 'POST',
			path: '/v1/images/generations',
			model: 'alibaba/z-image-turbo-lora',
			body: {
				model: 'alibaba/z-image-turbo-lora',
				prompt: 'a lighthouse',
				image_size: { width: 1440, height: 512 },
				num_images: 2,
				seed: 1,
				...wireOptions,
				loras: twoLoras,
			},
			holdsImages: true,
		});
	});
});

describe.each([fal, aimlapi])('$id: fields', (provider) => {
	const sent = (changes: Parameters<typeof imageRequest>[0]): IDataObject =>
		provider.submit(imageRequest(changes)).body;

	it.each([
		[1024, 1024, 'square_hd'],
		[512, 512, 'square'],
		[768, 1024, 'portrait_4_3'],
		[576, 1024, 'portrait_16_9'],
		[1024, 768, 'landscape_4_3'],
		[1024, 576, 'landscape_16_9'],
		[1024, 1056, { width: 1024, height: 1056 }],
		[2048, 2048, { width: 2048, height: 2048 }],
		[1024, 512, { width: 1024, height: 512 }],
	])('sends the size %i x %i as %j', (width, height, expected) => {
		expect(sent({ width, height })).toMatchObject({ image_size: expected });
	});

	it.each([
		['steps', 1, 'num_inference_steps'],
		['outputFormat', 'jpeg', 'output_format'],
		['outputFormat', 'png', 'output_format'],
		['acceleration', 'none', 'acceleration'],
		['enableSafetyChecker', true, 'enable_safety_checker'],
		['enableSafetyChecker', false, 'enable_safety_checker'],
		['enablePromptExpansion', true, 'enable_prompt_expansion'],
		['enablePromptExpansion', false, 'enable_prompt_expansion'],
	])('sends the option %s %j as %s, and nothing else', (option, value, field) => {
		expect(sent({ options: { [option]: value } })).toStrictEqual({ ...sent({}), [field]: value });
	});

	it('sends the prompt unchanged', () => {
		const prompt = '  „Größe“ \n<lora:x:1> 🗼  ';
		expect(sent({ prompt })).toMatchObject({ prompt });
	});

	it('sends only path and scale of a LoRA', () => {
		const lora = { path: 'owner/name', scale: 1, trigger: 'word' };
		expect(sent({ loras: [lora] }).loras).toStrictEqual([{ path: 'owner/name', scale: 1 }]);
	});
});
