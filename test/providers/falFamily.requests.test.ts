import type { IDataObject } from 'n8n-workflow';

import { aimlapi } from '../../nodes/ZImage/providers/aimlapi';
import { fal } from '../../nodes/ZImage/providers/fal';
import { allOptions, imageRequest, twoLoras } from './request';

const wireOptions = {
	num_inference_steps: 6,
	output_format: 'webp',
	acceleration: 'high',
	enable_safety_checker: false,
	enable_prompt_expansion: true,
};

describe('fal: submit', () => {
	it('asks turbo for the least', () => {
		expect(fal.submit(imageRequest())).toStrictEqual({
			method: 'POST',
			path: '/fal-ai/z-image/turbo',
			model: 'fal-ai/z-image/turbo',
			body: { prompt: 'a lighthouse', image_size: 'square_hd', num_images: 1 },
		});
	});

	it('asks turbo/lora for everything', () => {
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

describe('aimlapi: submit', () => {
	it('asks turbo for the least, without prompt expansion', () => {
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

	it('asks turbo-lora for everything', () => {
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
	])('writes the size %i x %i as %j', (width, height, expected) => {
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
	])('writes the option %s %j as %s, and nothing else', (option, value, field) => {
		expect(sent({ options: { [option]: value } })).toStrictEqual({ ...sent({}), [field]: value });
	});

	it('sends the prompt as it came', () => {
		const prompt = '  „Größe“ \n<lora:x:1> 🗼  ';
		expect(sent({ prompt })).toMatchObject({ prompt });
	});

	it('sends of a LoRA its path and scale only', () => {
		const lora = { path: 'owner/name', scale: 1, trigger: 'word' };
		expect(sent({ loras: [lora] }).loras).toStrictEqual([{ path: 'owner/name', scale: 1 }]);
	});
});
