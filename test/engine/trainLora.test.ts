import type { IBinaryData, IDataObject, INodeExecutionData } from 'n8n-workflow';

import { systemClock } from '../../nodes/ZImage/http/clock';
import { trainingProviders } from '../../nodes/ZImage/providers/registry';
import { credentialsFor } from '../support/credentials';
import { sha256 } from '../support/files';
import { makePicture } from '../support/picture';
import type { Step, WorkflowOptions } from '../support/runWorkflow';
import { inBinaryMode, readBinary, runWorkflow, storeFile } from '../support/runWorkflow';
import { submitsOf, uploadsOf, useSandbox } from '../support/sandboxes';

const getSandbox = useSandbox();

const pictures = [
	makePicture('png', 96, 72),
	makePicture('jpeg', 72, 96),
	makePicture('webp', 80, 80),
];

/** An earlier node's files, which all have the same name. */
async function files(count: number): Promise<Array<INodeExecutionData['binary']>> {
	return await Promise.all(
		Array.from({ length: count }, async (_, index) => ({
			data: await storeFile(pictures[index % pictures.length] ?? Buffer.alloc(0), {
				fileName: 'image.png',
			}),
		})),
	);
}

interface Setting extends Partial<Omit<WorkflowOptions, 'steps'>> {
	readonly step?: Partial<Step>;
	readonly then?: Step[];
	readonly count?: number;
}

async function train(
	parameters: IDataObject,
	{ step, then = [], count = 10, ...options }: Setting = {},
) {
	const defaults = { triggerWord: 'ohwx', caption: '={{ $json.caption }}' };
	return await runWorkflow({
		items: Array.from({ length: count }, (_, index) => ({ caption: `image ${index}` })),
		inputBinary: await files(count),
		credentials: credentialsFor(getSandbox()),
		...options,
		steps: [
			{ type: 'zImageTrainLora', parameters: { ...defaults, ...parameters }, ...step },
			...then,
		],
	});
}

describe('fal, on the wire', () => {
	it.each(['filesystem-v2', 'default', 'database'] as const)(
		'uploads one zip and submits once, with files in %s',
		async (mode) => {
			const { json, items, hints, error } = await inBinaryMode(
				mode,
				async () => await train({ provider: 'fal' }),
			);
			expect(error).toBeUndefined();
			expect(uploadsOf(getSandbox()).map(({ method, path, body }) => [method, path, body])).toEqual(
				[
					[
						'POST',
						'/storage/upload/initiate',
						{ content_type: 'application/zip', file_name: 'z-image-training.zip' },
					],
					['PUT', expect.any(String), undefined],
				],
			);
			const [initiate] = uploadsOf(getSandbox());
			expect(initiate?.headers['x-fal-object-lifecycle']).toBe(
				'{"expiration_duration_seconds":604800}',
			);
			const [submit, ...others] = submitsOf(getSandbox());
			expect(others).toEqual([]);
			expect(submit).toMatchObject({ path: '/fal-ai/z-image-turbo-trainer-v2', query: {} });
			expect(submit?.body).toStrictEqual({
				image_data_url: expect.stringMatching(/^http.+zip$/) as string,
				steps: 1000,
				learning_rate: 0.0005,
				default_caption: 'ohwx',
			});
			expect(json).toEqual([
				{
					provider: 'fal',
					model: 'fal-ai/z-image-turbo-trainer-v2',
					taskId: expect.any(String) as string,
					status: 'pending',
					submittedAt: expect.any(String) as string,
					trainer: 'v2',
					trigger: 'ohwx',
					steps: 1000,
					imageCount: 10,
					estimatedCostUsd: 0.85,
				},
			]);
			expect(items[0]?.pairedItem).toEqual(Array.from({ length: 10 }, (_, item) => ({ item })));
			expect(hints).toEqual([]);
		},
	);

	it('sends each image unchanged, with the trigger word in its caption once', async () => {
		const items = [{ caption: 'a mug' }, { caption: 'An OHWX mug' }, { caption: ' ' }];
		const { json, hints } = await train({ provider: 'fal', mode: 'wait' }, { items, count: 3 });
		expect(json).toMatchObject([{ status: 'succeeded' }]);
		expect(getSandbox().trainingSets[0]?.images).toEqual(
			['ohwx, a mug', 'An OHWX mug', 'ohwx'].map(
				(caption, index) =>
					expect.objectContaining({
						name: `00${index + 1}.${['png', 'jpg', 'webp'][index]}`,
						sha256: sha256(pictures[index] ?? ''),
						caption,
					}) as unknown,
			),
		);
		expect(hints.map(({ message }) => message)).toEqual([
			'fal recommends at least 10 images for a LoRA (got 3). With fewer, it may learn little, or copy the images.',
		]);
	});

	it.each<[string, IDataObject, string, IDataObject]>([
		[
			'V1 with its type',
			{ trainer: 'v1', steps: 300, learningRate: '0,0002', options: { trainingType: 'style' } },
			'/fal-ai/z-image-trainer',
			{ steps: 300, learning_rate: 0.0002, default_caption: 'ohwx', training_type: 'style' },
		],
		[
			'Base',
			{ trainer: 'base', steps: 10, learningRate: '={{ null }}' },
			'/fal-ai/z-image-base-trainer',
			{ steps: 10, default_caption: 'ohwx' },
		],
		[
			"the user's zip",
			{
				imagesSource: 'zipUrl',
				zipUrl: ' https://example.com/images.zip ',
				caption: 'a mug',
				options: { callbackUrl: 'https://n8n.example.com/a' },
			},
			'/fal-ai/z-image-turbo-trainer-v2',
			{
				image_data_url: 'https://example.com/images.zip',
				steps: 1000,
				learning_rate: 0.0005,
				default_caption: 'ohwx, a mug',
			},
		],
	])('%s', async (_, parameters, path, body) => {
		const { error } = await train({ provider: 'fal', ...parameters });
		expect(error).toBeUndefined();
		const [submit] = submitsOf(getSandbox());
		expect(submit?.path).toBe(path);
		expect(submit?.body).toStrictEqual({ image_data_url: expect.any(String) as string, ...body });
		const isCalled = parameters.imagesSource === 'zipUrl';
		expect(submit?.query).toEqual(isCalled ? { fal_webhook: 'https://n8n.example.com/a' } : {});
	});
});

it('WaveSpeed, on the wire', async () => {
	const { json, error } = await train({
		provider: 'wavespeed',
		steps: 500,
		options: { callbackUrl: 'https://n8n.example.com/a' },
	});
	expect(error).toBeUndefined();
	const [submit, ...others] = submitsOf(getSandbox());
	expect(others).toEqual([]);
	expect(submit).toMatchObject({
		path: '/api/v3/wavespeed-ai/z-image-lora-trainer',
		query: { webhook: 'https://n8n.example.com/a' },
	});
	expect(submit?.body).toStrictEqual({
		data: expect.stringContaining('http') as string,
		trigger_word: 'ohwx',
		steps: 500,
		learning_rate: 0.0001,
	});
	expect(json).toMatchObject([
		{ trainer: 'turbo', steps: 500, imageCount: 10, estimatedCostUsd: 0.625 },
	]);
});

describe.each([...trainingProviders])('$id', ({ id: provider }) => {
	const model = {
		fal: 'fal-ai/z-image-turbo-trainer-v2',
		wavespeed: 'wavespeed-ai/z-image-lora-trainer',
	}[provider];

	it('Get Task Result returns the LoRA, and Generate uses it unchanged', async () => {
		const { json, error } = await train(
			{ provider },
			{
				then: [
					{ type: 'zImageGetTaskResult', parameters: { provider } },
					{ type: 'zImageGenerate', parameters: { provider, prompt: 'a mug' } },
				],
			},
		);
		expect(error).toBeUndefined();
		const path = expect.stringContaining('.safetensors') as string;
		expect(json).toMatchObject([{ prompt: 'ohwx, a mug', loras: [{ path, scale: 1 }] }]);
		expect(submitsOf(getSandbox())).toHaveLength(2);
		expect(submitsOf(getSandbox())[1]?.body).toMatchObject({
			prompt: 'ohwx, a mug',
			loras: [{ path, scale: 1 }],
		});
	});

	it.each(['wait', 'typed'])("a LoRA's item, with its weights (%s)", async (way) => {
		const options = { downloadWeights: true };
		const isTyped = way === 'typed';
		const { items, json, hints, error } = await train(
			{ provider, mode: isTyped ? 'submit' : 'wait', ...(!isTyped && { options }) },
			{
				then: isTyped
					? [
							{ type: 'probe', parameters: { prompt: 'nothing' } },
							{ type: 'zImageGetTaskResult', parameters: { provider, options } },
						]
					: [],
				// For a task ID that was typed by hand, only the ID is known.
				probe: async (context) => [
					context
						.getInputData()
						.map(({ json: { taskId } }) => ({ json: { taskId: String(taskId) } })),
				],
			},
		);
		expect(error).toBeUndefined();
		const url = expect.stringContaining('.safetensors') as string;
		const known = !isTyped || undefined;
		expect(json).toEqual([
			{
				provider,
				model: known || provider === 'fal' ? model : null,
				taskId: expect.any(String) as string,
				status: 'succeeded',
				loras: [{ path: url, scale: 1, ...(known && { trigger: 'ohwx' }) }],
				trigger: known ? 'ohwx' : null,
				baseModel: known || provider === 'fal' ? 'turbo' : null,
				trainer: known || provider === 'fal' ? { fal: 'v2', wavespeed: 'turbo' }[provider] : null,
				steps: known ? 1000 : null,
				imageCount: known ? 10 : null,
				url,
				configUrl: provider === 'fal' ? (expect.any(String) as string) : null,
				expiresAt: provider === 'fal' ? null : (expect.any(String) as string),
				estimatedCostUsd: known ? { fal: 0.85, wavespeed: 1.25 }[provider] : null,
			},
		]);
		const weights = items[0]?.binary?.data as IBinaryData;
		expect(weights.fileName).toBe(`z-image-lora-${String(json[0]?.taskId)}.safetensors`);
		expect((await readBinary(weights)).toString('latin1', 8, 9)).toBe('{');
		expect(hints).toEqual([]);
	});

	it('Check Once reports the progress of a training', async () => {
		const { outputs } = await train(
			{ provider, triggerWord: 'ohwx [sandbox:never]' },
			{ then: [{ type: 'zImageGetTaskResult', parameters: { provider, mode: 'check' } }] },
		);
		expect(outputs[0]).toEqual([]);
		expect(outputs[1]?.[0]?.json).toMatchObject({
			status: 'pending',
			trainer: expect.any(String) as string,
			progress: expect.stringMatching(/^(queued|training)$/) as string,
		});
	});

	it('says why a training failed, and the retry trains again', async () => {
		const { error } = await train(
			{ provider, mode: 'wait', triggerWord: 'ohwx [sandbox:bad-zip]' },
			{ step: { maxTries: 2 } },
		);
		expect(error?.message).toContain('could not train the LoRA: ');
		expect(error?.description).toContain('Check the images, the captions and the steps');
		expect(error?.context.data).toMatchObject({
			status: 'failed',
			errorKind: 'input',
			charged: provider === 'fal' ? 'maybe' : 'no',
		});
		expect(submitsOf(getSandbox())).toHaveLength(2);
	});

	it('a training that continues is resumed by a retry, not charged again', async () => {
		const { json, hints, error } = await train(
			{
				provider,
				mode: 'wait',
				triggerWord: 'ohwx [sandbox:polls=9]',
				caption: '={{ $json.caption }} {{ Math.random() }}',
				options: { timeoutSeconds: 8, downloadWeights: true },
			},
			{ step: { maxTries: 5 } },
		);
		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ status: 'succeeded' }]);
		expect(submitsOf(getSandbox())).toHaveLength(1);
		expect(hints.map(({ message }) => message)).toContain(
			'The training from an earlier attempt was resumed, not charged again.',
		);
	});

	it('a submit whose response was lost is never repeated', async () => {
		const { error } = await train(
			{ provider, triggerWord: 'ohwx [sandbox:submit=503*1]' },
			{ step: { maxTries: 3 } },
		);
		expect(error?.message).toContain('not sent again');
		expect(error?.context.data).toMatchObject({ charged: 'maybe' });
		expect(submitsOf(getSandbox())).toHaveLength(1);
	});

	it('a refused submit is repeated by a retry, and costs nothing', async () => {
		const { error, json } = await train(
			{ provider, triggerWord: 'ohwx [sandbox:submit=401*1]' },
			{ step: { maxTries: 2 } },
		);
		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ status: 'pending' }]);
		expect(submitsOf(getSandbox())).toHaveLength(2);
	});
});

describe('is refused before anything is sent', () => {
	it.each<[string, IDataObject, string, number?]>([
		['without a trigger word', { triggerWord: ' ' }, 'Trigger Word is empty'],
		[
			'a long trigger word',
			{ triggerWord: 'x'.repeat(101) },
			'Trigger Word must have at most 100 characters (got 101)',
		],
		[
			'a trigger word with two lines',
			{ triggerWord: 'a\nb' },
			'Trigger Word must be on one line (got "a\\nb")',
		],
		[
			'a trigger word of symbols',
			{ triggerWord: '!!' },
			'Trigger Word must have a letter or a digit (got "!!")',
		],
		[
			'a trigger word for each item',
			{ triggerWord: '={{ $json.caption }}' },
			'Trigger Word must be the same for all items (got "image 0" and "image 1")',
			1,
		],
		[
			'steps',
			{ steps: 9 },
			'Steps must be a whole number between 10 and 40000 for Z-Image Turbo Trainer V2 on fal (got 9)',
		],
		[
			'steps of V1',
			{ trainer: 'v1', steps: 150 },
			'Steps must be a multiple of 100 between 100 and 10000 for Z-Image Turbo Trainer V1 on fal (got 150)',
		],
		[
			'a learning rate',
			{ learningRate: 5 },
			'Learning Rate must be between 0.000001 and 0.1 (got 5)',
		],
		[
			'no file',
			{ imageField: 'file' },
			'The input item has no file in the binary field "file" for the training image',
			0,
		],
		[
			'a zip URL',
			{ imagesSource: 'zipUrl', zipUrl: 'data:application/zip;base64,AAAA' },
			'Zip URL must start with http:// or https:// (got data:)',
		],
		['an invalid zip URL', { imagesSource: 'zipUrl', zipUrl: '={{ " " }}' }, 'Zip URL is empty'],
		[
			'too expensive',
			{ options: { maxCostUsd: 0.5 } },
			'Max Cost (USD) is 0.5, but this request would bring the total to 0.85 USD',
		],
		['a caption', { caption: '={{ [1] }}' }, 'Caption of item 0 must be text (got [1])', 0],
	])('%s', async (_, parameters, message, itemIndex = 0) => {
		const { error } = await train({ provider: 'fal', ...parameters });
		expect(error?.message).toBe(message);
		expect(error?.context).toMatchObject({ itemIndex, data: { charged: 'no' } });
		expect(getSandbox().requests).toEqual([]);
	});

	it.each<[string, Buffer, string]>([
		[
			'no image',
			Buffer.from('GIF89a'),
			'The training image "third.gif" of item 2 is not a PNG, JPEG or WebP image (content type: image/gif)',
		],
		[
			'half an image',
			(pictures[0] ?? Buffer.alloc(0)).subarray(0, 200),
			'The training image "third.gif" of item 2 is incomplete',
		],
	])('%s, naming the item', async (_, bytes, message) => {
		const good = await files(3);
		const bad = await storeFile(bytes, { fileName: 'third.gif', mimeType: 'image/gif' });
		const { error } = await train(
			{ provider: 'fal' },
			{ inputBinary: [good[0], good[1], { data: bad }], count: 3 },
		);
		expect(error?.message).toBe(message);
		expect(error?.context.itemIndex).toBe(2);
		expect(getSandbox().requests).toEqual([]);
	});
});

it('continues on fail with one item', async () => {
	const { json, items } = await train(
		{ provider: 'fal', steps: 1 },
		{ step: { onError: 'continueRegularOutput' } },
	);
	expect(json).toMatchObject([{ error: expect.stringContaining('Steps must be') as string }]);
	expect(items[0]?.pairedItem).toHaveLength(10);
});

describe('as a tool of an agent', () => {
	const asTool = async (parameters: IDataObject) =>
		await train({ provider: 'fal', ...parameters }, { step: { type: 'zImageTrainLoraTool' } });

	it('needs a maximum cost', async () => {
		const { json } = await asTool({});
		expect(json).toMatchObject([
			{
				error: 'Max Cost (USD) is required when an AI agent uses this node as a tool',
				errorKind: 'budget',
				charged: 'no',
			},
		]);
		expect(getSandbox().requests).toEqual([]);
	});

	it('trains with one', async () => {
		const { json } = await asTool({ options: { maxCostUsd: 1 } });
		expect(json).toEqual([
			{
				status: 'pending',
				trigger: 'ohwx',
				provider: 'fal',
				taskId: expect.any(String) as string,
			},
		]);
	});
});

it('Stop cancels a training that waits in the queue, and nothing is charged', async () => {
	let stop: () => void = () => {};
	const cancelWhen = new Promise<void>((resolve) => (stop = resolve));
	const timer = setInterval(() => {
		if (getSandbox().requests.some(({ path }) => path.endsWith('/status'))) stop();
	}, 5);
	await train(
		{ provider: 'fal', mode: 'wait', triggerWord: 'ohwx [sandbox:never]' },
		{ cancelWhen, clock: systemClock },
	);
	clearInterval(timer);
	expect(getSandbox().requests.map(({ method, path }) => `${method} ${path}`)).toContainEqual(
		expect.stringMatching(/^PUT \/fal-ai\/z-image-turbo-trainer-v2\/requests\/[^/]+\/cancel$/),
	);
});

describe.each([...trainingProviders])('the trigger, $id', ({ id: provider }) => {
	it('returns the LoRA of a training of which only the ID is known', async () => {
		const { json: trained } = await train({ provider });
		const taskId = trained[0]?.taskId;
		const { outputs, hints } = await runWorkflow({
			items: [{ taskId }],
			steps: [{ type: 'zImageTrigger', parameters: { provider, userId: 'somebody' } }],
			credentials: credentialsFor(getSandbox()),
		});
		expect(outputs[0]?.map(({ json }) => json)).toMatchObject([
			{ taskId, status: 'succeeded', loras: [{ path: expect.any(String) as string, scale: 1 }] },
		]);
		expect(outputs[1]).toEqual([]);
		expect(hints.map(({ message }) => message)).toEqual(
			provider === 'fal'
				? []
				: [expect.stringMatching(/^The provider deletes the weights at \d{4}-.*Download Weights/)],
		);
	});

	it('sends a failed one to its output Failed', async () => {
		const { json: trained } = await train({
			provider,
			triggerWord: 'ohwx [sandbox:least-images=50]',
		});
		const { outputs } = await runWorkflow({
			items: [{ taskId: trained[0]?.taskId }],
			steps: [{ type: 'zImageTrigger', parameters: { provider } }],
			credentials: credentialsFor(getSandbox()),
		});
		expect(outputs[0]).toEqual([]);
		expect(outputs[1]?.[0]?.json.error).toMatch(/could not (train the LoRA|make the image): .*50/);
	});
});
