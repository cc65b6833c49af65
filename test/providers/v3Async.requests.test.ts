import type { IDataObject } from 'n8n-workflow';

import { highway } from '../../nodes/ZImage/providers/highway';
import { novita } from '../../nodes/ZImage/providers/novita';
import { allOptions, imageRequest, twoLoras } from './request';

const everything = imageRequest({
	width: 256,
	height: 1536,
	seed: 0,
	loras: twoLoras,
	options: allOptions,
});

it('novita asks z-image-turbo for the least', () => {
	expect(novita.submit(imageRequest())).toStrictEqual({
		method: 'POST',
		path: '/v3/async/z-image-turbo',
		model: 'z-image-turbo',
		body: { prompt: 'a lighthouse', size: '1024*1024' },
	});
});

it('novita asks z-image-turbo-lora for everything it has a field for', () => {
	expect(novita.submit(everything)).toStrictEqual({
		method: 'POST',
		path: '/v3/async/z-image-turbo-lora',
		model: 'z-image-turbo-lora',
		body: { prompt: 'a lighthouse', size: '256*1536', seed: 0, loras: twoLoras },
	});
});

it('highway asks its one endpoint for the least', () => {
	expect(highway.submit(imageRequest())).toStrictEqual({
		method: 'POST',
		path: '/v3/async/z-image-turbo-lora',
		model: 'z-image-turbo-lora',
		body: { prompt: 'a lighthouse', size: '1024*1024' },
	});
});

it('highway asks its one endpoint for everything it has a field for', () => {
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

describe.each([novita, highway])('$id: fields', (provider) => {
	it('sends of a LoRA its path and scale only', () => {
		const lora = { path: 'owner/name', scale: 1, trigger: 'word' };
		const body: IDataObject = provider.submit(imageRequest({ loras: [lora] })).body;
		expect(body.loras).toStrictEqual([{ path: 'owner/name', scale: 1 }]);
	});

	it('sends the greatest seed', () => {
		const { body } = provider.submit(imageRequest({ seed: 2_147_483_647 }));
		expect(body).toMatchObject({ seed: 2_147_483_647 });
	});
});
