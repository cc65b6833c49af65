import { ZodError } from 'zod';

import type { ImageRequest } from '../../nodes/ZImage/providers/provider';
import { replicate } from '../../nodes/ZImage/providers/replicate';
import { answer } from '../support/fakeClient';
import { imageRequest } from '../support/request';

const image = 'https://a.example/source.png';
const mask = 'data:image/png;base64,iVBORw0KGgo=';
const prompt = 'a lighthouse';
const least = { prompt, width: 1024, height: 1024 };
const loras = [
	{ path: 'https://a.example/1.safetensors', scale: 0.85, trigger: 'x' },
	{ path: 'https://a.example/2.zip', scale: 0 },
];
const wireLoras = {
	lora_weights: ['https://a.example/1.safetensors', 'https://a.example/2.zip'],
	lora_scales: [0.85, 0],
};
const options = { steps: 9, guidanceScale: 0, outputFormat: 'jpeg', outputQuality: 0 };
const wireOptions = {
	num_inference_steps: 9,
	guidance_scale: 0,
	output_format: 'jpg',
	output_quality: 0,
};

it.each<[model: string, Partial<ImageRequest>, input: object]>([
	['z-image-turbo', {}, least],
	[
		'z-image-turbo',
		{ width: 64, height: 1440, seed: 0, options },
		{ prompt, width: 64, height: 1440, seed: 0, ...wireOptions },
	],
	['z-image-turbo', { options: { outputFormat: 'webp' } }, { ...least, output_format: 'webp' }],
	['z-image-turbo-lora', { loras }, { ...least, ...wireLoras }],
	['z-image', { model: 'base' }, least],
	[
		'z-image-lora',
		{ model: 'base', loras, seed: 7, options: { ...options, negativePrompt: 'text' } },
		{ ...least, seed: 7, ...wireOptions, negative_prompt: 'text', ...wireLoras },
	],
	[
		'z-image-turbo-img2img',
		{ operation: 'imageToImage', image, automaticSize: true },
		{ prompt, image },
	],
	[
		'z-image-turbo-img2img',
		{ operation: 'imageToImage', image, loras, seed: 1, options: { ...options, strength: 0 } },
		{ prompt, image, seed: 1, ...wireOptions, strength: 0, ...wireLoras },
	],
	[
		'z-image-turbo-inpaint',
		{ operation: 'inpaint', image, mask, options },
		{ prompt, image, mask_image: mask, ...wireOptions },
	],
	[
		'z-image-turbo-controlnet',
		{ operation: 'controlNet', image, loras, options: { controlScale: 2 } },
		{ prompt, control_image: image, controlnet_conditioning_scale: 2, ...wireLoras },
	],
])('replicate: %s for %j', (model, changes, input) => {
	// No header, because one that waits for the image could lose the ID.
	expect(replicate.submit(imageRequest(changes))).toStrictEqual({
		method: 'POST',
		path: `/v1/models/prunaai/${model}/predictions`,
		model: `prunaai/${model}`,
		body: { input },
	});
});

it('replicate: accepts LoRA files only by their link', () => {
	const { endpoints } = replicate;
	expect(endpoints.map(({ loras: { max, paths } }) => [max, paths])).toStrictEqual(
		[3, 3, 3, 0, 3].map((max) => [max, 'fileUrl']),
	);
});

describe('replicate: calls about a task', () => {
	const { tasks } = replicate;

	it('contain it in their path', () => {
		expect([tasks.status('a/b'), tasks.cancel('a/b')]).toStrictEqual([
			{ method: 'GET', path: '/v1/predictions/a%2Fb', holdsImages: true },
			{ method: 'POST', path: '/v1/predictions/a%2Fb/cancel' },
		]);
	});

	it.each([
		[200, { id: 'a', status: 'canceled' }, true],
		[202, { status: 'canceled' }, true],
		[200, { id: 'a', status: 'processing' }, false],
		[200, { id: 'a', status: 'succeeded' }, false],
		[404, { status: 'canceled' }, false],
		[200, undefined, false],
	])('a cancel with the response %i %j is confirmed: %j', (statusCode, body, confirmed) => {
		expect(tasks.parseCancel(answer(statusCode, body))).toBe(confirmed);
	});
});

describe('replicate: storage', () => {
	const { upload } = replicate.files;

	it('receives a file in a form', () => {
		const file = { contentType: 'image/webp', fileName: 'größe & co.webp', bytes: 3 };
		const bytes = Buffer.from('abc');
		expect(upload.upload(file, bytes)).toStrictEqual({
			method: 'POST',
			path: '/v1/files',
			form: [{ name: 'content', fileName: file.fileName, contentType: 'image/webp', bytes }],
		});
	});

	it("returns the file's URL", () => {
		const get = 'https://api.replicate.com/v1/files/a';
		expect(upload.parseUpload(answer(201, { id: 'a', urls: { get }, more: 1 }))).toBe(get);
	});

	it.each([[undefined], [{}], [{ urls: {} }], [{ urls: { get: '' } }], [{ urls: { get: 7 } }]])(
		'%j contains no file',
		(body) => {
			expect(() => upload.parseUpload(answer(201, body))).toThrow(ZodError);
		},
	);
});
