import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
	Client as WaveSpeedClient,
	WavespeedSubmissionException,
	WavespeedSyncTimeoutException,
} from 'wavespeed';

import { meanColor } from './meanColor';
import type { Rig } from './rig';
import { failure, type Client, type Trial } from './trial';

const turbo = 'wavespeed-ai/z-image/turbo';
const lora = 'wavespeed-ai/z-image/turbo-lora';
const trainer = 'wavespeed-ai/z-image-lora-trainer';
const fromImage = 'wavespeed-ai/z-image-turbo/image-to-image';

const polling = { pollInterval: 0.01 };

const connect = ({ sandbox }: Rig, apiKey: string = sandbox.keys.wavespeed): WaveSpeedClient =>
	new WaveSpeedClient(apiKey, { retryInterval: 0.01 });

async function contentType(url: unknown): Promise<string | null> {
	const file = await fetch(String(url));
	assert.equal(file.status, 200);
	return file.headers.get('content-type');
}

/** The files that the client uploaded. These requests carry no key. */
const putsOf = ({ sandbox }: Rig) =>
	sandbox.requestsTo('files').filter(({ method }) => method === 'PUT');

async function upload(rig: Rig, name = 'cat.png', bytes = rig.png): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'z-image-clients-'));
	try {
		const file = join(folder, name);
		await writeFile(file, bytes);
		return await connect(rig).upload(file);
	} finally {
		await rm(folder, { recursive: true });
	}
}

const refusals: readonly Trial[] = (
	[
		['a wrong key', 'a cat', /HTTP 401.+invalid authentication/, 'wrong'],
		['no money', '[sandbox:no-money]', /HTTP 402.+top up/],
		['503, which is not tried again', '[sandbox:submit=503*1]', /HTTP 503/],
		['an error in a 200', '[sandbox:submit=200]', /No request ID/],
	] as const
).map(([name, prompt, words, key]) => ({
	call: `run, ${name}`,
	run: async (rig) => {
		const error = await failure(connect(rig, key).run(turbo, { prompt }, polling));
		assert(error instanceof WavespeedSubmissionException, String(error));
		assert.match(error.message, words);
		assert.equal(rig.sandbox.requestsTo('wavespeed').length, 1);
		return error.message.slice(0, 110);
	},
}));

const failures: readonly Trial[] = (
	[
		['a failure', '[sandbox:fail=no paint]', /no paint/],
		['moderation', '[sandbox:moderate]', /sensitive information/],
		['a bad size', 'a cat', /size/],
	] as const
).map(([name, prompt, words]) => ({
	call: `runNoThrow, ${name}`,
	run: async (rig) => {
		const size = name === 'a bad size' ? '1x1' : '256*256';
		const { outputs, detail } = await connect(rig).runNoThrow(turbo, { prompt, size }, polling);
		assert.equal(outputs, null);
		assert.equal(detail.status, 'failed');
		assert.equal(detail.taskId, rig.sandbox.tasks[0]?.id);
		assert.match(detail.error?.message ?? '', words);
		return detail.error?.message ?? '';
	},
}));

const trials: readonly Trial[] = [
	{
		call: 'run',
		run: async (rig) => {
			const input = { prompt: 'a fox [sandbox:polls=2]', size: '512*768', seed: 5 };
			const { outputs } = await connect(rig).run(turbo, input, polling);
			assert.equal(outputs.length, 1);
			assert.equal(rig.sandbox.requestsTo('wavespeed').length, 4);
			return `${await contentType(outputs[0])}, at the third result`;
		},
	},
	{
		call: 'run with LoRAs',
		run: async (rig) => {
			const loras = [{ path: 'a/b', scale: 0.8 }];
			const input = { prompt: 'a fox', loras, output_format: 'png' };
			const { outputs } = await connect(rig).run(lora, input, polling);
			return String(await contentType(outputs[0]));
		},
	},
	{
		call: 'run, enableSyncMode',
		run: async (rig) => {
			const { outputs } = await connect(rig).run(
				turbo,
				{ prompt: 'a fox' },
				{ enableSyncMode: true },
			);
			assert.equal(rig.sandbox.requestsTo('wavespeed').length, 1);
			return `${await contentType(outputs[0])}, with one request`;
		},
	},
	{
		call: 'run, enableSyncMode, over its time',
		run: async (rig) => {
			const input = { prompt: 'a fox [sandbox:polls=1]' };
			const error = await failure(connect(rig).run(turbo, input, { enableSyncMode: true }));
			assert(error instanceof WavespeedSyncTimeoutException, String(error));
			assert.equal(error.taskId, rig.sandbox.tasks[0]?.id);
			return 'WavespeedSyncTimeoutException, with the ID of the task';
		},
	},
	{
		call: 'run, the task is deleted',
		run: async (rig) => {
			const run = failure(connect(rig).run(turbo, { prompt: '[sandbox:never]' }, polling));
			while (rig.sandbox.tasks.length === 0) await new Promise((wait) => setTimeout(wait, 5));
			const id = rig.sandbox.tasks[0]?.id ?? '';
			const authorization = `Bearer ${rig.sandbox.keys.wavespeed}`;
			const url = `https://api.wavespeed.ai/api/v3/predictions/${id}`;
			assert.equal(
				(await fetch(url, { method: 'DELETE', headers: { authorization } })).status,
				200,
			);
			const error = await run;
			assert.match(String(error), /Task deleted/);
			return String(error);
		},
	},
	{
		call: 'run, 429 and 503 of the result',
		run: async (rig) => {
			const prompt = 'a fox [sandbox:status=429*1][sandbox:status=503*1]';
			const { outputs } = await connect(rig).run(turbo, { prompt }, polling);
			assert.equal(outputs.length, 1);
			return 'the third try';
		},
	},
	{
		call: 'upload',
		run: async (rig) => {
			const url = await upload(rig);
			const stored = new Uint8Array(await (await fetch(url)).arrayBuffer());
			assert.deepEqual(stored, rig.png);
			assert(putsOf(rig).every(({ headers }) => headers['authorization'] === undefined));
			return 'the file, put without the key';
		},
	},
	{
		call: 'upload, then run',
		run: async (rig) => {
			const input = { prompt: 'a cat', image: await upload(rig), strength: 0.5 };
			const { outputs } = await connect(rig).run(fromImage, input, polling);
			assert.equal(outputs.length, 1);
			assert.deepEqual([rig.sandbox.tasks[0]?.image?.from], ['url']);
			return 'read by the model';
		},
	},
	{
		call: 'upload, run z-image-lora-trainer',
		run: async (rig) => {
			const client = connect(rig);
			const data = await upload(rig, 'training.zip', rig.zip);
			const training = { data, trigger_word: 'zkx', steps: 500 };
			const { outputs } = await client.run(trainer, training, polling);
			assert.equal(rig.sandbox.trainingSets[0]?.images.length, 2);
			const loras = [{ path: outputs[0], scale: 1 }];
			const input = { prompt: 'zkx', loras, output_format: 'png' };
			const drawn = await client.run(lora, input, polling);
			const [red, green, blue] = await meanColor(drawn.outputs[0]);
			assert(red > green + 50 && red > blue + 50);
			return 'its LoRA draws in red';
		},
	},
	...failures,
	...refusals,
];

export const waveSpeed: Client = { name: 'wavespeed', trials };
