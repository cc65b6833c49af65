import assert from 'node:assert/strict';

import { NovitaError, NovitaSDK } from 'novita-sdk';

import type { Rig } from './rig';
import { failure, type Client, type Trial } from './trial';

/** Its HTTP client isn't `fetch`, so we set the base URL. It sends the key without `Bearer`. */
function connect({ sandbox }: Rig, key: string = sandbox.keys.novita): NovitaSDK {
	const sdk = new NovitaSDK(key);
	sdk.setBaseUrl(sandbox.urls.novita);
	return sdk;
}

/** The client has no function for Z-Image. This is the one that its functions call. */
const submit = async (sdk: NovitaSDK, prompt: string, more: object = {}): Promise<string> => {
	const url = '/v3/async/z-image-turbo-lora';
	const answer = (await sdk.httpFetch({ url, method: 'POST', data: { prompt, ...more } })) as {
		task_id: string;
	};
	return answer.task_id;
};

async function novitaError(promise: Promise<unknown>): Promise<NovitaError> {
	const error = await failure(promise);
	assert(error instanceof NovitaError, String(error));
	return error;
}

const errors: readonly Trial[] = (
	[
		['a wrong key', 'a cat', 403, 'INVALID_API_KEY', 'wrong'],
		['no money', '[sandbox:no-money]', 400, 'BILLING_BALANCE_NOT_ENOUGH'],
		['moderation', '[sandbox:moderate]', 400, 'ILLEGAL_PROMPT'],
		['too many', '[sandbox:submit=429]', 429, 'RATE_LIMIT_EXCEEDED'],
	] as const
).map(([name, prompt, code, reason, key]) => ({
	call: `httpFetch (submit), ${name}`,
	run: async (rig) => {
		const error = await novitaError(submit(connect(rig, key), prompt));
		assert.deepEqual([error.code, error.reason], [code, reason]);
		return `NovitaError ${error.code} ${error.reason}`;
	},
}));

const trials: readonly Trial[] = [
	{
		call: 'httpFetch (submit), progress',
		run: async (rig) => {
			const sdk = connect(rig);
			const task_id = await submit(sdk, 'a fox [sandbox:polls=2]', {
				size: '512*768',
				loras: [{ path: 'a/b', scale: 0.8 }],
			});
			const states: string[] = [];
			let answer = await sdk.progress({ task_id });
			for (; states.length < 9; answer = await sdk.progress({ task_id })) {
				states.push(answer.task.status);
				if (answer.task.status === 'TASK_STATUS_SUCCEED') break;
			}
			assert.deepEqual(states, [
				'TASK_STATUS_QUEUED',
				'TASK_STATUS_PROCESSING',
				'TASK_STATUS_SUCCEED',
			]);
			const url = answer.images?.[0]?.image_url ?? '';
			const file = await fetch(url);
			assert.equal(file.status, 200);
			return `queued, processing, succeeded; ${file.headers.get('content-type')}`;
		},
	},
	{
		call: 'progress, a failure',
		run: async (rig) => {
			const sdk = connect(rig);
			const { task } = await sdk.progress({
				task_id: await submit(sdk, '[sandbox:fail=no paint]'),
			});
			assert.deepEqual([task.status, task.reason], ['TASK_STATUS_FAILED', 'no paint']);
			return `${task.status}, no paint`;
		},
	},
	{
		call: 'progress, no such task',
		run: async (rig) => {
			const error = await novitaError(connect(rig).progress({ task_id: 'nothing' }));
			assert.deepEqual([error.code, error.reason], [404, 'TASK_NOT_FOUND']);
			return `NovitaError ${error.code} ${error.reason}`;
		},
	},
	...errors,
];

export const novita: Client = { name: 'novita-sdk', trials };
