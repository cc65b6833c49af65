import { ZodError } from 'zod';

import type { ImageRequest } from '../../nodes/ZImage/providers/provider';
import { wavespeed } from '../../nodes/ZImage/providers/wavespeed';
import { answer } from '../support/fakeClient';
import { imageRequest, twoLoras } from '../support/request';

const image = 'https://a.example/source.png';
const mask = 'data:image/png;base64,iVBORw0KGgo=';
const least = { prompt: 'a lighthouse', size: '1024*1024' };

it.each<[model: string, Partial<ImageRequest>, body: object]>([
	['z-image/turbo', {}, least],
	[
		'z-image/turbo',
		{ width: 256, height: 1536, seed: 0, options: { outputFormat: 'webp' } },
		{ prompt: 'a lighthouse', size: '256*1536', seed: 0, output_format: 'webp' },
	],
	[
		'z-image/turbo-lora',
		{ seed: 2_147_483_647, loras: [{ path: 'a/b', scale: 0.8, trigger: 'x', file: 'c' }] },
		{ ...least, seed: 2_147_483_647, loras: [{ path: 'a/b', scale: 0.8 }] },
	],
	['z-image/base', { model: 'base' }, least],
	[
		'z-image/base-lora',
		{ model: 'base', loras: twoLoras, options: { negativePrompt: '', outputFormat: 'png' } },
		{ ...least, negative_prompt: '', output_format: 'png', loras: twoLoras },
	],
	['z-image-turbo/image-to-image', { operation: 'imageToImage', image }, { ...least, image }],
	[
		'z-image-turbo/image-to-image-lora',
		{
			operation: 'imageToImage',
			image: mask,
			width: 800,
			height: 600,
			loras: twoLoras,
			seed: 7,
			options: { strength: 0, outputFormat: 'jpeg' },
		},
		{
			prompt: 'a lighthouse',
			size: '800*600',
			image: mask,
			seed: 7,
			strength: 0,
			output_format: 'jpeg',
			loras: twoLoras,
		},
	],
	[
		'z-image/turbo-inpaint',
		{ operation: 'inpaint', image, mask, width: 640, height: 480, automaticSize: true },
		{ prompt: 'a lighthouse', image, mask_image: mask },
	],
	[
		'z-image/turbo-inpaint',
		{ operation: 'inpaint', image, mask, width: 640, height: 480 },
		{ prompt: 'a lighthouse', image, mask_image: mask, size: '640*480' },
	],
	[
		'z-image-turbo/controlnet',
		{
			operation: 'controlNet',
			image,
			seed: 1,
			options: { preprocess: 'pose', controlScale: 0.5, outputFormat: 'png' },
		},
		{ ...least, image, seed: 1, mode: 'pose', strength: 0.5, output_format: 'png' },
	],
])('wavespeed: %s for %j', (model, changes, body) => {
	expect(wavespeed.submit(imageRequest(changes))).toStrictEqual({
		method: 'POST',
		path: `/api/v3/wavespeed-ai/${model}`,
		model: `wavespeed-ai/${model}`,
		body,
	});
});

it('wavespeed: no request waits for its image or asks for base64', () => {
	const bodies = wavespeed.endpoints.map(({ operation, model }) =>
		JSON.stringify(wavespeed.submit(imageRequest({ operation, model, image, mask }))),
	);
	expect(bodies.filter((body) => /sync|base64_output/.test(body))).toEqual([]);
});

describe('wavespeed: calls about a task', () => {
	const { tasks } = wavespeed;

	it('contain it in their path', () => {
		expect([tasks.status('a/b'), tasks.cancel('a/b')]).toStrictEqual([
			{ method: 'GET', path: '/api/v3/predictions/a%2Fb/result', holdsImages: true },
			{ method: 'DELETE', path: '/api/v3/predictions/a%2Fb' },
		]);
	});

	it.each([
		[200, { code: 200, data: { id: 'a', status: 'processing' } }],
		[200, { data: { status: 'deleted' } }],
		[200, { code: 404, message: 'prediction not found' }],
		[404, { code: 404, data: { id: 'a', status: 'deleted' } }],
		[200, undefined],
		[204, ''],
	])('a cancel with the response %i %j is not confirmed', (statusCode, body) => {
		expect(tasks.parseCancel(answer(statusCode, body))).toBe(false);
	});

	it.each([
		[200, { code: 200, data: { id: 'a/b', status: 'deleted' } }, true],
		[404, { code: 404, message: 'prediction not found' }, true],
		[200, { code: 200, data: { id: 'a/b', status: 'processing' } }, false],
		[200, { code: 200, data: { id: 'a/b', status: 'completed' } }, false],
		[500, undefined, false],
	])('a cancel is confirmed if the task then responds %i %j: %j', (statusCode, body, confirmed) => {
		const told = tasks.parseCancel(answer(200, { data: { id: 'a/b', status: 'deleted' } }));
		expect(told).toMatchObject({ status: 'ask', call: tasks.status('a/b') });
		expect(typeof told === 'object' && told.parse(answer(statusCode, body))).toBe(confirmed);
	});
});

describe('wavespeed: storage', () => {
	const { upload } = wavespeed.files;

	it("receives the request for an upload URL, with the file's size", () => {
		const file = { contentType: 'image/webp', fileName: 'größe & co.webp', bytes: 262_145 };
		expect(upload.initiate(file)).toStrictEqual({
			method: 'POST',
			path: '/api/v3/media/uploads',
			body: { filename: 'größe & co.webp', size: 262_145, content_type: 'image/webp' },
		});
	});

	const place = { method: 'PUT', url: 'https://s.example/a?signature=b' };

	it.each<[object, object]>([
		[{ ...place, headers: { 'x-amz-acl': 'public' } }, { headers: { 'x-amz-acl': 'public' } }],
		[{ ...place, method: 'put', headers: null, expires_at: '2024' }, {}],
		[place, {}],
	])('returns the upload URL in %j', (given, headers) => {
		const body = { data: { upload: given, download_url: 'https://c.example/a.png' } };
		expect(upload.parseInitiate(answer(200, body))).toStrictEqual({
			uploadUrl: 'https://s.example/a?signature=b',
			fileUrl: 'https://c.example/a.png',
			...headers,
		});
	});

	it.each([
		[undefined],
		[{ code: 401, message: 'invalid authentication' }],
		[{ data: {} }],
		[{ data: { upload: place } }],
		[{ data: { upload: { ...place, method: 'POST' }, download_url: 'https://c.example' } }],
		[{ data: { upload: { ...place, url: '' }, download_url: 'https://c.example' } }],
		[{ data: { upload: { ...place, headers: { a: 1 } }, download_url: 'https://c.example' } }],
		[{ data: { upload: place, download_url: '' } }],
	])('%j contains no upload URL', (body) => {
		expect(() => upload.parseInitiate(answer(200, body))).toThrow(ZodError);
	});
});
