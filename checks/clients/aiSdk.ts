import assert from 'node:assert/strict';

import { createFal } from '@ai-sdk/fal';
import { APICallError, generateImage } from 'ai';

import type { Rig } from './rig';
import { failure, type Client, type Trial } from './trial';

/**
 * The client checks where an image URL leads. It checks the host name if the caller passes its own `fetch`.
 * Otherwise it resolves the host with DNS, which can't find the providers' names here.
 */
const model = ({ sandbox }: Rig, id: string, apiKey: string = sandbox.keys.fal) =>
	createFal({ apiKey, fetch: async (url, init) => await fetch(url, init) }).image(id);

const errors: readonly Trial[] = (
	[
		['a wrong key', 'a cat', 401, 'wrong:key'],
		['no money', '[sandbox:no-money]', 403],
		['moderation', '[sandbox:moderate]', 422],
		['a failure', '[sandbox:fail=no paint]', 500],
	] as const
).map(([name, prompt, status, key]) => ({
	call: `generateImage, ${name}`,
	run: async (rig) => {
		const turbo = model(rig, 'fal-ai/z-image/turbo', key);
		const error = await failure(generateImage({ model: turbo, prompt, maxRetries: 0 }));
		assert(APICallError.isInstance(error), String(error));
		assert.equal(error.statusCode, status);
		return `AI_APICallError ${status}: ${error.message}`;
	},
}));

const trials: readonly Trial[] = [
	{
		call: 'generateImage, two, with a size',
		run: async (rig) => {
			const { images, providerMetadata } = await generateImage({
				model: model(rig, 'fal-ai/z-image/turbo'),
				prompt: 'a fox',
				n: 2,
				size: '512x768',
				seed: 7,
				providerOptions: { fal: { numInferenceSteps: 4, outputFormat: 'jpeg' } },
			});
			assert.equal(images.length, 2);
			assert.equal(images[0]?.mediaType, 'image/jpeg');
			const [first] = (providerMetadata['fal']?.['images'] ?? []) as { width?: number }[];
			assert.equal(first?.width, 512);
			return '2 images, JPEG, 512 wide';
		},
	},
	{
		call: 'generateImage with LoRAs',
		run: async (rig) => {
			const { image } = await generateImage({
				model: model(rig, 'fal-ai/z-image/turbo/lora'),
				prompt: 'a fox',
				aspectRatio: '1:1',
				providerOptions: { fal: { loras: [{ path: 'a/b', scale: 0.8 }] } },
			});
			assert.equal(image.mediaType, 'image/png');
			const [request] = rig.sandbox.requestsTo('falSync');
			assert.deepEqual((request?.body as { loras: unknown }).loras, [{ path: 'a/b', scale: 0.8 }]);
			return 'PNG; the LoRA arrived';
		},
	},
	{
		call: 'generateImage from an image',
		run: async (rig) => {
			const { images } = await generateImage({
				model: model(rig, 'fal-ai/z-image/turbo/image-to-image'),
				prompt: { text: 'a fox', images: [rig.png] },
				providerOptions: { fal: { strength: 0.5 } },
			});
			assert.equal(images.length, 1);
			assert.equal(rig.sandbox.inputImages[0]?.from, 'data');
			return 'the image came as a data URI';
		},
	},
	...errors,
	{
		call: 'generateImage, 429 at first',
		run: async (rig) => {
			const turbo = model(rig, 'fal-ai/z-image/turbo');
			const prompt = 'a fox [sandbox:submit=429;retry-after=0*1]';
			const { images } = await generateImage({ model: turbo, prompt });
			assert.equal(images.length, 1);
			return 'made at its second try';
		},
	},
];

export const aiSdk: Client = { name: '@ai-sdk/fal', trials };
