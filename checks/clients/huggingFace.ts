import assert from 'node:assert/strict';

import { InferenceClient } from '@huggingface/inference';

import type { Rig } from './rig';
import { failure, type Client, type Trial } from './trial';

const turbo = 'Tongyi-MAI/Z-Image-Turbo';
const lora = 'suayptalha/Z-Image-Turbo-Realism-LoRA';

const ask = ({ sandbox }: Rig, model: string, inputs: string, key: string = sandbox.keys.fal) =>
	new InferenceClient(key).textToImage(
		{ provider: 'fal-ai', model, inputs, parameters: { num_inference_steps: 4, seed: 5 } },
		{ outputType: 'blob' },
	);

const lastBody = ({ sandbox }: Rig) =>
	sandbox.requestsTo('fal').find(({ method }) => method === 'POST')?.body as Record<
		string,
		unknown
	>;

const trials: readonly Trial[] = [
	{
		call: 'textToImage',
		run: async (rig) => {
			const image = await ask(rig, turbo, 'a fox [sandbox:polls=1]');
			assert.equal(image.type, 'image/png');
			assert.equal(lastBody(rig)['seed'], 5);
			return `PNG of ${image.size} bytes, by the queue`;
		},
	},
	{
		call: 'textToImage with a LoRA',
		run: async (rig) => {
			const image = await ask(rig, lora, 'a fox');
			assert(image.size > 0);
			const [sent] = lastBody(rig)['loras'] as [{ path: string; scale: number }];
			assert.match(sent.path, /^https:\/\/huggingface\.co\/.+\.safetensors$/);
			return `PNG; LoRA ${sent.path.split('/').at(-1)} x ${sent.scale}`;
		},
	},
	{
		call: 'textToImage, a wrong key',
		run: async (rig) => {
			const error = await failure(ask(rig, turbo, 'a fox', 'wrong:key'));
			assert.match(String(error), /invalid key credentials|401/);
			return String(error);
		},
	},
	{
		call: 'textToImage, a failure',
		run: async (rig) => {
			const error = await failure(ask(rig, turbo, '[sandbox:fail=no paint]'));
			assert.match(String(error), /no paint/);
			return String(error).slice(0, 120);
		},
	},
];

export const huggingFace: Client = { name: '@huggingface/inference', trials };
