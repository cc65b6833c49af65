import type { IDataObject, IHttpRequestOptions } from 'n8n-workflow';
import { Readable } from 'stream';

import { Failure } from '../../nodes/ZImage/errors/failure';
import type { ByteStream } from '../../nodes/ZImage/http/readBody';
import { fal } from '../../nodes/ZImage/providers/fal';
import type { TrainedLora } from '../../nodes/ZImage/providers/provider';
import { onlyTask } from '../../nodes/ZImage/run/emitImages';
import { emitResult } from '../../nodes/ZImage/run/emitLora';
import type { OutputOptions } from '../../nodes/ZImage/run/outputOptions';
import type { FinishedTask, Task } from '../../nodes/ZImage/tasks/task';
import { limits } from '../support/fakeClient';
import { makePicture } from '../support/picture';
import { recordingClock } from '../support/recordingClock';
import { makeSafetensors } from '../support/safetensors';
import { strictContext } from '../support/strictContext';

const weights = makeSafetensors(64);
const url = 'https://a.example/there/lora.safetensors';

const plainTask: Task = {
	provider: 'fal',
	model: 'fal-ai/z-image-turbo-trainer-v2',
	taskId: 'task-1',
	submittedAt: '2026-01-01T00:00:00.000Z',
	prompt: null,
	seed: null,
	loras: null,
	estimatedCostUsd: 0.85,
};
const task: Task = {
	...plainTask,
	training: { trainer: 'v2', trigger: 'ohwx', steps: 1000, imageCount: 12 },
};
/** As Get Task Result and the trigger know it when only the ID is there. */
const bare: Task = { ...plainTask, model: null, estimatedCostUsd: null };

function done(changes: Partial<TrainedLora> = {}): FinishedTask {
	const lora = {
		url,
		configUrl: 'https://a.example/config.json',
		expiresInSeconds: null,
		...changes,
	};
	return { status: 'succeeded', images: [], lora, seed: null, prompt: null };
}

interface Setting {
	readonly of?: Task;
	readonly output?: Partial<OutputOptions>;
	readonly storeFault?: Error;
}

/** Emits what a task has made, from a host that has some files; `asked` are those that were asked for. */
async function emit(result: FinishedTask, { of = task, output = {}, storeFault }: Setting = {}) {
	const asked: string[] = [];
	const context = strictContext({
		helpers: {
			async httpRequest(request: IHttpRequestOptions) {
				asked.push(request.url);
				const isThere = request.url.includes('/there/');
				const file = request.url.endsWith('.png') ? makePicture('png', 93, 71) : weights;
				return {
					statusCode: isThere ? 200 : 404,
					headers: {},
					body: Readable.from(isThere ? [file] : []),
				};
			},
			async prepareBinaryData(data: Buffer | ByteStream, fileName: string, mimeType: string) {
				if (storeFault) throw storeFault;
				return { data: String(Buffer.isBuffer(data) && data.length), fileName, mimeType };
			},
		},
	});
	const client = { provider: fal, baseUrl: fal.defaultBaseUrl, clock: recordingClock() };
	const options = {
		binaryPropertyName: 'data',
		fileName: undefined,
		timeoutSeconds: 3600,
		downloadsWeights: false,
		...output,
	};
	const outputs = await emitResult(
		context,
		client as never,
		of,
		result,
		onlyTask,
		options,
		limits(),
	);
	return { outputs, asked };
}

const known: IDataObject = {
	provider: 'fal',
	model: 'fal-ai/z-image-turbo-trainer-v2',
	taskId: 'task-1',
	status: 'succeeded',
	loras: [{ path: url, scale: 1, trigger: 'ohwx' }],
	trigger: 'ohwx',
	baseModel: 'turbo',
	trainer: 'v2',
	steps: 1000,
	imageCount: 12,
	url,
	configUrl: 'https://a.example/config.json',
	expiresAt: null,
	estimatedCostUsd: 0.85,
};

it('has one item with the LoRA as other nodes take it, and asks for no file', async () => {
	expect(await emit(done())).toStrictEqual({ outputs: [{ json: known }], asked: [] });
});

it.each<[string, Task, Partial<TrainedLora>, IDataObject]>([
	[
		'of which only its ID is known',
		bare,
		{ configUrl: null },
		{
			model: null,
			loras: [{ path: url, scale: 1 }],
			trigger: null,
			baseModel: null,
			trainer: null,
			steps: null,
			imageCount: null,
			configUrl: null,
			estimatedCostUsd: null,
		},
	],
	[
		'for Base',
		{ ...task, model: 'fal-ai/z-image-base-trainer' },
		{},
		{ model: 'fal-ai/z-image-base-trainer', baseModel: 'base' },
	],
	[
		'of a model that the provider has no more',
		{ ...task, model: 'fal-ai/z-image-trainer-v0' },
		{},
		{ model: 'fal-ai/z-image-trainer-v0', baseModel: null },
	],
	[
		'of a zip of the user, whose images nobody has counted',
		{ ...task, training: { trainer: 'v2', trigger: 'ohwx', steps: 1000, imageCount: null } },
		{},
		{ imageCount: null },
	],
	['that expires', task, { expiresInSeconds: 604_800 }, { expiresAt: '2026-01-08T00:00:00.000Z' }],
	['that never expires in any time that there is', task, { expiresInSeconds: 1e300 }, {}],
])('says what it knows of a LoRA %s, and nothing else', async (_name, of, lora, changes) => {
	const { outputs } = await emit(done(lora), { of });
	expect(outputs).toStrictEqual([{ json: { ...known, ...changes } }]);
});

describe('with its weights', () => {
	const output = { downloadsWeights: true };
	const file = (fileName: string) => ({
		data: String(weights.length),
		fileName,
		mimeType: 'application/octet-stream',
	});

	it.each<[string | undefined, string]>([
		[undefined, 'z-image-lora-task-1.safetensors'],
		['my-style', 'my-style.safetensors'],
		[' my-style.SAFETENSORS ', 'my-style.safetensors'],
		['../../etc/passwd', 'etc-passwd.safetensors'],
	])('has a file by the name of %j', async (fileName, expected) => {
		const { outputs, asked } = await emit(done(), { output: { ...output, fileName } });
		expect(outputs).toStrictEqual([{ json: known, binary: { data: file(expected) } }]);
		expect(asked).toEqual([url]);
	});

	it('has it in the field of the user', async () => {
		const { outputs } = await emit(done(), { output: { ...output, binaryPropertyName: 'lora' } });
		expect(outputs).toStrictEqual([
			{ json: known, binary: { lora: file('z-image-lora-task-1.safetensors') } },
		]);
	});

	it.each<[string, string, Error | undefined, string]>([
		['are gone', 'https://a.example/gone/a.safetensors', undefined, 'HTTP 404'],
		['n8n cannot store', url, Object.assign(new Error('Full'), { code: 'ENOSPC' }), 'n8n: Full'],
	])('that %s, has the failure in its place, with the LoRA', async (_name, at, storeFault, why) => {
		const { outputs } = await emit(done({ url: at, expiresInSeconds: 3600 }), {
			output,
			...(storeFault && { storeFault }),
		});
		expect(outputs).toStrictEqual([
			{ failure: new Failure(`The weights could not be downloaded: ${why}`) },
		]);
		expect(outputs).toMatchObject([
			{
				failure: {
					details: {
						description: `The LoRA was trained and may have been charged. Get Task Result can fetch it. URL of the weights: ${at} (until 2026-01-01T01:00:00.000Z)`,
						task: {
							...known,
							url: at,
							loras: [{ path: at, scale: 1, trigger: 'ohwx' }],
							expiresAt: '2026-01-01T01:00:00.000Z',
						},
					},
				},
			},
		]);
	});
});

it('has the images of any other task, whatever is wanted of weights', async () => {
	const image = { url: 'https://a.example/there/1.png', width: null, height: null, nsfw: null };
	const { outputs } = await emit(
		{
			status: 'succeeded',
			images: [{ ...image, expiresInSeconds: null }],
			seed: 7,
			prompt: null,
		},
		{ of: bare, output: { downloadsWeights: true } },
	);
	expect(outputs).toMatchObject([{ json: { imageIndex: 0, contentType: 'image/png' } }]);
});
