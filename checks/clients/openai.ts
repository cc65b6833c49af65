import assert from 'node:assert/strict';

import OpenAI, { APIError } from 'openai';
import type { ImageGenerateParamsNonStreaming } from 'openai/resources/images';

import type { Rig } from './rig';
import { failure, type Client, type Trial } from './trial';

const connect = ({ sandbox }: Rig, apiKey: string = sandbox.keys.aimlapi): OpenAI =>
	new OpenAI({ apiKey, baseURL: 'https://api.aimlapi.com/v1' });

const generate = (client: OpenAI, prompt: string, more: object = {}) =>
	client.images.generate({
		model: 'alibaba/z-image-turbo',
		prompt,
		image_size: 'square',
		...more,
	} as ImageGenerateParamsNonStreaming);

const errors: readonly Trial[] = (
	[
		['a wrong key', 'a cat', 401, 'AuthenticationError', 'wrong'],
		['no prompt', '', 400, 'BadRequestError'],
		['no money', '[sandbox:no-money]', 403, 'PermissionDeniedError'],
		['moderation', '[sandbox:moderate]', 400, 'BadRequestError'],
		['a failure', '[sandbox:fail=no paint]', 500, 'InternalServerError'],
	] as const
).map(([name, prompt, status, type, key]) => ({
	call: `images.generate, ${name}`,
	run: async (rig) => {
		const more = prompt === '' ? { prompt: undefined } : {};
		const error = await failure(
			generate(connect(rig, key).withOptions({ maxRetries: 0 }), prompt, more),
		);
		assert(error instanceof APIError, String(error));
		assert.deepEqual([error.status, error.constructor.name], [status, type]);
		return `${type}: ${error.message.split('\n').join(' ')}`;
	},
}));

const trials: readonly Trial[] = [
	{
		call: 'images.generate',
		run: async (rig) => {
			const { data } = await generate(connect(rig), 'a fox', {
				n: 1,
				size: '512x512',
				response_format: 'url',
			});
			const url = data?.[0]?.url ?? '';
			assert.equal((await fetch(url)).headers.get('content-type'), 'image/png');
			const [ignored] = rig.sandbox.ignoredFields;
			assert.deepEqual(ignored?.fields, ['n', 'size', 'response_format']);
			return `PNG; ${ignored.fields.join(', ')} are ignored`;
		},
	},
	{
		call: 'images.generate with LoRAs',
		run: async (rig) => {
			const { data } = await generate(connect(rig), 'a fox', {
				model: 'alibaba/z-image-turbo-lora',
				loras: [{ path: 'a/b', scale: 0.8 }],
				num_images: 2,
			});
			assert.equal(data?.length, 2);
			return '2 links';
		},
	},
	...errors,
	{
		call: 'images.generate, 429 at first',
		run: async (rig) => {
			const { data } = await generate(connect(rig), 'a fox [sandbox:submit=429;retry-after=0*1]');
			assert.equal(data?.length, 1);
			assert.equal(rig.sandbox.requestsTo('aimlapi').length, 2);
			return 'made at its second try';
		},
	},
];

export const openai: Client = { name: 'openai', trials };
