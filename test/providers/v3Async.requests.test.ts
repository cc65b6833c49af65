import type { IDataObject } from 'n8n-workflow';

import { highway } from '../../nodes/ZImage/providers/highway';
import { novita } from '../../nodes/ZImage/providers/novita';
import type { ImageRequest } from '../../nodes/ZImage/providers/provider';
import { allOptions, imageRequest, twoLoras } from '../support/request';

const everything = imageRequest({
	width: 256,
	height: 1536,
	seed: 0,
	loras: twoLoras,
	options: allOptions,
});

it('novita sends z-image-turbo the minimum', () => {
	expect(novita.submit(imageRequest())).toStrictEqual({
		method: 'POST',
		path: '/v3/async/z-image-turbo',
		model: 'z-image-turbo',
		body: { prompt: 'a lighthouse', size: '1024*1024' },
	});
});

it('novita sends z-image-turbo-lora everything that it has a field for', () => {
	expect(novita.submit(everything)).toStrictEqual({
		method: 'POST',
		path: '/v3/async/z-image-turbo-lora',
		model: 'z-image-turbo-lora',
		body: { prompt: 'a lighthouse', size: '256*1536', seed: 0, loras: twoLoras },
	});
});

it('highway sends its only endpoint the minimum', () => {
	expect(highway.submit(imageRequest())).toStrictEqual({
		method: 'POST',
		path: '/v3/async/z-image-turbo-lora',
		model: 'z-image-turbo-lora',
		body: { prompt: 'a lighthouse', size: '1024*1024' },
	});
});

it('highway sends its only endpoint everything that it has a field for', () => {
	expect(highway.submit(everything)).toStrictEqual({
		method: 'POST',
		path: '/v3/async/z-image-turbo-lora',
		model: 'z-image-turbo-lora',
		body: {
			prompt: 'a lighthouse',
			size: '256*1536',
			seed: 0,
			loras: twoLoras,
			output_format: 'webp',
		},
	});
});

const image = 'https://a.example/source.png';
const mask = 'data:image/png;base64,iVBORw0KGgo=';

it.each<[Partial<ImageRequest>, object]>([
	[{ operation: 'imageToImage', image }, { image_url: image }],
	[
		{ operation: 'imageToImage', image, options: { strength: 0 } },
		{ image_url: image, strength: 0 },
	],
	[
		{
			operation: 'imageToImage',
			image: mask,
			seed: 7,
			loras: twoLoras,
			options: { strength: 0.35, outputFormat: 'jpeg' },
		},
		{ image_url: mask, seed: 7, loras: twoLoras, strength: 0.35, output_format: 'jpeg' },
	],
	[
		{ operation: 'inpaint', image, mask },
		{ image_url: image, mask },
	],
	[
		{
			operation: 'inpaint',
			image,
			mask,
			loras: twoLoras,
			options: { strength: 1, outputFormat: 'png' },
		},
		{ image_url: image, mask, loras: twoLoras, strength: 1, output_format: 'png' },
	],
])('highway sends its only endpoint %j', (changes, expected) => {
	expect(highway.submit(imageRequest(changes))).toStrictEqual({
		method: 'POST',
		path: '/v3/async/z-image-turbo-lora',
		model: 'z-image-turbo-lora',
		body: { prompt: 'a lighthouse', size: '1024*1024', ...expected },
	});
});

it("highway receives the source image's size", () => {
	const request = imageRequest({
		operation: 'imageToImage',
		image,
		width: 640,
		height: 480,
	});
	expect(highway.submit(request).body).toStrictEqual({
		prompt: 'a lighthouse',
		size: '640*480',
		image_url: image,
	});
});

describe.each([novita, highway])('$id: fields', (provider) => {
	it('sends only path and scale of a LoRA', () => {
		const lora = { path: 'owner/name', scale: 1, trigger: 'word' };
		const body: IDataObject = provider.submit(imageRequest({ loras: [lora] })).body;
		expect(body.loras).toStrictEqual([{ path: 'owner/name', scale: 1 }]);
	});

	it('sends the largest seed', () => {
		const { body } = provider.submit(imageRequest({ seed: 2_147_483_647 }));
		expect(body).toMatchObject({ seed: 2_147_483_647 });
	});
});
