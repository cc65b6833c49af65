import assert from 'node:assert/strict';

import Replicate, {
	parseProgressFromLogs,
	validateWebhook,
	type ApiError,
	type FileOutput,
	type Prediction,
} from 'replicate';

import { webhookUrl, type Rig } from './rig';
import { failure, type Client, type Trial } from './trial';

const turbo = 'prunaai/z-image-turbo';
const lora = 'prunaai/z-image-turbo-lora';
const fromImage = 'prunaai/z-image-turbo-img2img';

type Options = NonNullable<ConstructorParameters<typeof Replicate>[0]>;

const connect = ({ sandbox }: Rig, options: Options = {}): Replicate =>
	new Replicate({ auth: sandbox.keys.replicate, ...options });

/** The type of the file that `run` returned. */
const typeOf = async (output: object): Promise<string> =>
	(await (output as FileOutput).blob()).type;

async function apiError(promise: Promise<unknown>): Promise<ApiError> {
	const error = await failure(promise);
	assert(error instanceof Error && 'response' in error, String(error));
	return error as ApiError;
}

const refusals: readonly Trial[] = (
	[
		['a wrong key', turbo, { prompt: 'a cat' }, 401, /Unauthenticated/],
		['no money', turbo, { prompt: '[sandbox:no-money]' }, 402, /Insufficient credit/],
		['a bad input', turbo, { prompt: 'a cat', width: 2000 }, 422, /input\.width/],
		['no such model', 'prunaai/other', { prompt: 'a cat' }, 404, /could not be found/],
	] as const
).map(([name, model, input, status, words]) => ({
	call: `run, ${name}`,
	run: async (rig) => {
		const client = connect(rig, name === 'a wrong key' ? { auth: 'wrong' } : {});
		const error = await apiError(client.run(model, { input }));
		assert.equal(error.response.status, status);
		assert.match(error.message, words);
		return `ApiError ${status}: ${/\{.*\}/.exec(error.message)?.[0] ?? ''}`;
	},
}));

const failures: readonly Trial[] = (
	[
		['a failure', turbo, { prompt: '[sandbox:fail=no paint]' }, /no paint/],
		['moderation', turbo, { prompt: '[sandbox:moderate]' }, /E005/],
		['a bad LoRA', lora, { prompt: 'a cat', lora_weights: ['a/b'] }, /LoRA weights from a\/b/],
	] as const
).map(([name, model, input, words]) => ({
	call: `run, ${name}`,
	run: async (rig) => {
		const error = await failure(connect(rig).run(model, { input }));
		assert.match(String(error), words);
		return String(error);
	},
}));

/**
 * With the default strategy, the client uploads a file and falls back to a data URI if the storage fails. (The
 * strategy `data-uri` of 1.4.0 sends no input.)
 */
const withFile = (name: string, from: 'url' | 'data'): Trial => ({
	call: `run with a file, ${name}`,
	run: async (rig) => {
		const image = new File([rig.png], name, { type: 'image/png' });
		await connect(rig).run(fromImage, { input: { prompt: 'a cat', image } });
		assert.equal(rig.sandbox.tasks[0]?.image?.from, from);
		return `read by the model, from ${from === 'url' ? 'the URL of the upload' : 'a data URI'}`;
	},
});

const trials: readonly Trial[] = [
	{
		call: 'run',
		run: async (rig) => {
			const input = { prompt: 'a fox', width: 512, height: 768 };
			const output = await connect(rig).run(turbo, { input });
			assert.equal(rig.sandbox.requestsTo('replicate').length, 1);
			return `${await typeOf(output)}, with one request`;
		},
	},
	{
		call: 'run, polling',
		run: async (rig) => {
			const seen: Prediction[] = [];
			const input = { prompt: 'a fox [sandbox:polls=2]', output_format: 'png' };
			const wait = { mode: 'poll', interval: 5 } as const;
			const output = await connect(rig).run(turbo, { input, wait }, (each) => void seen.push(each));
			const states = [...new Set(seen.map(({ status }) => status))];
			assert.deepEqual(states, ['starting', 'processing', 'succeeded']);
			const progress = seen.map((each) => parseProgressFromLogs(each)?.percentage);
			assert(progress.includes(0.63) && progress.includes(1), String(progress));
			return `${states.join(', ')}; ${await typeOf(output)}`;
		},
	},
	{
		call: 'run, over the time of its wait',
		run: async (rig) => {
			const input = { prompt: 'a fox [sandbox:polls=1]' };
			const output = await connect(rig).run(turbo, { input });
			return `${await typeOf(output)}, after 202 and status requests`;
		},
	},
	{
		call: 'run with LoRAs',
		run: async (rig) => {
			const lora_weights = ['https://huggingface.co/a/b/resolve/main/c.safetensors'];
			const input = { prompt: 'a fox', lora_weights, lora_scales: [0.8] };
			return await typeOf(await connect(rig).run(lora, { input }));
		},
	},
	{
		call: 'models.get, run of that version',
		run: async (rig) => {
			const client = connect(rig);
			const { latest_version } = await client.models.get('prunaai', 'z-image-turbo');
			const version = latest_version?.id ?? '';
			const prediction = await client.predictions.create({ version, input: { prompt: 'a fox' } });
			assert.equal(prediction.version, version);
			const output = await client.run(`${turbo}:${version}`, { input: { prompt: 'a fox' } });
			return `version ${version.slice(0, 8)}…; ${await typeOf(output)}`;
		},
	},
	withFile('cat.png', 'url'),
	withFile('sandbox-upload-503.png', 'data'),
	{
		call: 'files.create, get, delete',
		run: async (rig) => {
			const { files } = connect(rig);
			const file = new File([rig.png], 'cat.png', { type: 'image/png' });
			const { id, size } = await files.create(file, { from: 'a trial' });
			assert.equal(size, rig.png.length);
			assert.deepEqual((await files.get(id)).metadata, { from: 'a trial' });
			assert.equal(await files.delete(id), true);
			assert.equal((await apiError(files.get(id))).response.status, 404);
			return 'there, with its metadata, then gone';
		},
	},
	{
		call: 'predictions.cancel',
		run: async (rig) => {
			const { predictions } = connect(rig);
			const input = { prompt: '[sandbox:never]' };
			const { id, status } = await predictions.create({ model: turbo, input });
			assert.equal(status, 'starting');
			assert.equal((await predictions.cancel(id)).status, 'canceled');
			assert.equal((await predictions.get(id)).status, 'canceled');
			return 'canceled';
		},
	},
	{
		call: 'accounts.current',
		run: async (rig) => {
			const { type, username } = await connect(rig).accounts.current();
			assert.equal(type, 'user');
			return `${type} ${username}`;
		},
	},
	{
		call: 'validateWebhook',
		run: async (rig) => {
			const client = connect(rig);
			const { id } = await client.predictions.create({
				model: turbo,
				input: { prompt: 'a fox [sandbox:webhook=forged]' },
				webhook: webhookUrl,
				webhook_events_filter: ['completed'],
			});
			while (rig.sandbox.webhooks.length < 2) await new Promise((wait) => setTimeout(wait, 5));
			const { key } = await client.webhooks.default.secret.get();
			const isValid = rig.sandbox.webhooks.map(async ({ headers, body }) =>
				validateWebhook(new Request(webhookUrl, { method: 'POST', headers, body }), key),
			);
			assert.deepEqual(await Promise.all(isValid), [false, true]);
			const [, genuine] = rig.sandbox.webhooks;
			assert.equal((JSON.parse(genuine?.body ?? '') as Prediction).id, id);
			return 'the forged call is refused, the genuine one is taken';
		},
	},
	{
		call: 'run, 429 at first',
		run: async (rig) => {
			const input = { prompt: 'a fox [sandbox:submit=429*1]' };
			await connect(rig).run(turbo, { input });
			assert.equal(rig.sandbox.requestsTo('replicate').length, 2);
			return 'taken at its second try';
		},
	},
	{
		call: 'run, 503 of the status',
		run: async (rig) => {
			const input = { prompt: 'a fox [sandbox:polls=0][sandbox:status=503*2]' };
			const wait = { mode: 'poll', interval: 5 } as const;
			await connect(rig).run(turbo, { input, wait });
			return 'told at its third try';
		},
	},
	...failures,
	...refusals,
];

export const replicate: Client = { name: 'replicate', trials };
