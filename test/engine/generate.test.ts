import { readImageType } from '../../nodes/ZImage/images/imageType';
import { credentialsFor } from '../support/credentials';
import { readBinary, runWorkflow } from '../support/runWorkflow';
import { submitsOf, useSandbox } from '../support/sandboxes';

const getSandbox = useSandbox();

async function generate(
	parameters: Record<string, unknown>,
	items: Array<Record<string, never> | Record<string, unknown>> = [{}],
) {
	return await runWorkflow({
		items: items as never,
		steps: [{ type: 'zImageGenerate', parameters: parameters as never }],
		credentials: credentialsFor(getSandbox()),
	});
}

const lora = { path: 'ostris/z_image_turbo_childrens_drawings', scale: 0.85 };
const loras = { lora: [lora] };

interface WireCase {
	name: string;
	parameters: Record<string, unknown>;
	authorization: string;
	/** Method, path and query, in order, without the download. */
	calls: string[];
	body: unknown;
	contentType: string;
	model: string;
}

const wireCases: WireCase[] = [
	{
		name: 'fal without LoRAs',
		parameters: { provider: 'fal' },
		authorization: 'Key sandbox-fal-id:sandbox-fal-secret',
		calls: [
			'POST /fal-ai/z-image/turbo',
			'GET /fal-ai/z-image/requests/TASK/status',
			'GET /fal-ai/z-image/requests/TASK',
		],
		body: { prompt: 'a lighthouse', image_size: 'square_hd', num_images: 1 },
		contentType: 'image/png',
		model: 'fal-ai/z-image/turbo',
	},
	{
		name: 'fal with a LoRA and every option',
		parameters: {
			provider: 'fal',
			size: 'custom',
			width: 640,
			height: 400,
			loras,
			options: {
				seed: 7,
				outputFormat: 'jpeg',
				steps: 4,
				acceleration: 'high',
				enableSafetyChecker: false,
				enablePromptExpansion: true,
			},
		},
		authorization: 'Key sandbox-fal-id:sandbox-fal-secret',
		calls: [
			'POST /fal-ai/z-image/turbo/lora',
			'GET /fal-ai/z-image/requests/TASK/status',
			'GET /fal-ai/z-image/requests/TASK',
		],
		body: {
			prompt: 'a lighthouse',
			image_size: { width: 640, height: 400 },
			num_images: 1,
			seed: 7,
			num_inference_steps: 4,
			output_format: 'jpeg',
			acceleration: 'high',
			enable_safety_checker: false,
			enable_prompt_expansion: true,
			loras: [lora],
		},
		contentType: 'image/jpeg',
		model: 'fal-ai/z-image/turbo/lora',
	},
	{
		name: 'WaveSpeed without LoRAs',
		parameters: { provider: 'wavespeed' },
		authorization: 'Bearer wsk_sandbox_wavespeed',
		calls: ['POST /api/v3/wavespeed-ai/z-image/turbo', 'GET /api/v3/predictions/TASK/result'],
		body: { prompt: 'a lighthouse', size: '1024*1024' },
		contentType: 'image/jpeg',
		model: 'wavespeed-ai/z-image/turbo',
	},
	{
		name: 'WaveSpeed: Base with a LoRA and every option',
		parameters: {
			provider: 'wavespeed',
			model: 'base',
			size: '768x1024',
			loras,
			options: { seed: 7, outputFormat: 'png', negativePrompt: 'text' },
		},
		authorization: 'Bearer wsk_sandbox_wavespeed',
		calls: ['POST /api/v3/wavespeed-ai/z-image/base-lora', 'GET /api/v3/predictions/TASK/result'],
		body: {
			prompt: 'a lighthouse',
			size: '768*1024',
			seed: 7,
			output_format: 'png',
			negative_prompt: 'text',
			loras: [lora],
		},
		contentType: 'image/png',
		model: 'wavespeed-ai/z-image/base-lora',
	},
	{
		name: 'Replicate without LoRAs',
		parameters: { provider: 'replicate' },
		authorization: 'Bearer r8_sandboxreplicate000000000000000000000',
		calls: ['POST /v1/models/prunaai/z-image-turbo/predictions', 'GET /v1/predictions/TASK'],
		body: { input: { prompt: 'a lighthouse', width: 1024, height: 1024 } },
		contentType: 'image/jpeg',
		model: 'prunaai/z-image-turbo',
	},
	{
		name: 'Replicate: Base with a LoRA from the list and every option',
		parameters: {
			provider: 'replicate',
			model: 'base',
			size: '768x1024',
			loras: {
				lora: [
					{
						path: {
							__rl: true,
							mode: 'list',
							value: `${lora.path}#file=z_image_turbo_childrens_drawings.safetensors`,
						},
						scale: 0.85,
					},
				],
			},
			options: {
				seed: 7,
				outputFormat: 'webp',
				outputQuality: 55,
				steps: 30,
				guidanceScale: 3.5,
				negativePrompt: 'text',
			},
		},
		authorization: 'Bearer r8_sandboxreplicate000000000000000000000',
		calls: ['POST /v1/models/prunaai/z-image-lora/predictions', 'GET /v1/predictions/TASK'],
		body: {
			input: {
				prompt: 'a lighthouse',
				width: 768,
				height: 1024,
				seed: 7,
				output_format: 'webp',
				output_quality: 55,
				num_inference_steps: 30,
				guidance_scale: 3.5,
				negative_prompt: 'text',
				lora_weights: [
					`https://huggingface.co/${lora.path}/resolve/main/z_image_turbo_childrens_drawings.safetensors`,
				],
				lora_scales: [0.85],
			},
		},
		contentType: 'image/webp',
		model: 'prunaai/z-image-lora',
	},
	{
		name: 'Novita without LoRAs',
		parameters: { provider: 'novita', size: '1024x768' },
		authorization: 'Bearer sk_sandbox_novita',
		calls: ['POST /v3/async/z-image-turbo', 'GET /v3/async/task-result?task_id=TASK'],
		body: { prompt: 'a lighthouse', size: '1024*768' },
		contentType: 'image/webp',
		model: 'z-image-turbo',
	},
	{
		name: 'Novita with a LoRA and a seed',
		parameters: { provider: 'novita', loras, options: { seed: 0 } },
		authorization: 'Bearer sk_sandbox_novita',
		calls: ['POST /v3/async/z-image-turbo-lora', 'GET /v3/async/task-result?task_id=TASK'],
		body: { prompt: 'a lighthouse', size: '1024*1024', seed: 0, loras: [lora] },
		contentType: 'image/webp',
		model: 'z-image-turbo-lora',
	},
	{
		name: 'Highway API without LoRAs',
		parameters: { provider: 'highway' },
		authorization: 'Bearer sk_sandbox_highway',
		calls: ['POST /v3/async/z-image-turbo-lora', 'GET /v3/async/task-result?task_id=TASK'],
		body: { prompt: 'a lighthouse', size: '1024*1024' },
		contentType: 'image/webp',
		model: 'z-image-turbo-lora',
	},
	{
		name: 'Highway API with a LoRA and a format',
		parameters: { provider: 'highway', loras, options: { outputFormat: 'png', seed: 5 } },
		authorization: 'Bearer sk_sandbox_highway',
		calls: ['POST /v3/async/z-image-turbo-lora', 'GET /v3/async/task-result?task_id=TASK'],
		body: {
			prompt: 'a lighthouse',
			size: '1024*1024',
			seed: 5,
			loras: [lora],
			output_format: 'png',
		},
		contentType: 'image/png',
		model: 'z-image-turbo-lora',
	},
	{
		name: 'AI/ML API without LoRAs',
		parameters: { provider: 'aimlapi', options: { seed: -1 } },
		authorization: 'Bearer sandbox-aimlapi',
		calls: ['POST /v1/images/generations'],
		body: {
			model: 'alibaba/z-image-turbo',
			prompt: 'a lighthouse',
			image_size: 'square_hd',
			num_images: 1,
			enable_prompt_expansion: false,
		},
		contentType: 'image/png',
		model: 'alibaba/z-image-turbo',
	},
	{
		name: 'AI/ML API with a LoRA and every option',
		parameters: {
			provider: 'aimlapi',
			size: '1440x512',
			loras,
			options: {
				seed: 1,
				outputFormat: 'webp',
				steps: 8,
				acceleration: 'none',
				enableSafetyChecker: true,
				enablePromptExpansion: true,
			},
		},
		authorization: 'Bearer sandbox-aimlapi',
		calls: ['POST /v1/images/generations'],
		body: {
			model: 'alibaba/z-image-turbo-lora',
			prompt: 'a lighthouse',
			image_size: { width: 1440, height: 512 },
			num_images: 1,
			seed: 1,
			num_inference_steps: 8,
			output_format: 'webp',
			acceleration: 'none',
			enable_safety_checker: true,
			enable_prompt_expansion: true,
			loras: [lora],
		},
		contentType: 'image/webp',
		model: 'alibaba/z-image-turbo-lora',
	},
];

describe('the requests', () => {
	it.each(wireCases)(
		'$name',
		async ({ parameters, authorization, calls, body, contentType, model }) => {
			const sandbox = getSandbox();
			const { json, items, error } = await generate({ prompt: 'a lighthouse', ...parameters });
			expect(error).toBeUndefined();
			expect(json).toHaveLength(1);
			const provider = String(parameters.provider);

			const requests = sandbox.requestsTo(provider);
			const taskId = (json[0]?.taskId as string | null) ?? 'none';
			const seen = requests.map(({ method, path, query }) => {
				const search = new URLSearchParams(query).toString();
				return `${method} ${path}${search && `?${search}`}`.replace(taskId, 'TASK');
			});
			expect(seen).toEqual(calls);
			expect(requests[0]?.body).toStrictEqual(body);
			for (const { headers } of requests) {
				expect(headers.authorization).toBe(authorization);
				expect(headers['content-type']).toBe('application/json');
				expect(headers.accept).toBe('application/json');
			}

			const downloads = sandbox.requestsTo('files');
			expect(downloads).toHaveLength(1);
			expect(downloads[0]?.headers.authorization).toBeUndefined();

			expect(json[0]).toMatchObject({ provider, model, status: 'succeeded', contentType });
			const bytes = await readBinary(items[0]?.binary?.data);
			expect(readImageType(bytes)?.mimeType).toBe(contentType);
		},
	);
});

describe('the item of an image', () => {
	it("has exactly the documented fields, with null for what the provider doesn't return", async () => {
		const { json, items } = await generate({
			provider: 'novita',
			prompt: 'a boat',
			loras,
			options: { seed: 12 },
		});
		expect(json[0]).toStrictEqual({
			provider: 'novita',
			model: 'z-image-turbo-lora',
			taskId: expect.any(String) as string,
			status: 'succeeded',
			prompt: 'a boat',
			seed: 12,
			imageIndex: 0,
			imageCount: 1,
			url: expect.stringMatching(/^http:/) as string,
			width: 1024,
			height: 1024,
			contentType: 'image/webp',
			nsfw: null,
			expiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
			loras: [lora],
			estimatedCostUsd: null,
		});
		expect(items[0]?.pairedItem).toEqual({ item: 0 });
		expect(items[0]?.binary?.data).toMatchObject({
			fileName: 'a-boat-12.webp',
			mimeType: 'image/webp',
			fileExtension: 'webp',
		});
	});

	it('returns the seed and the prompt that fal really used', async () => {
		const { json } = await generate({ provider: 'fal', prompt: 'a boat' });
		expect(json[0]?.seed).toEqual(expect.any(Number));
		expect(json[0]).toMatchObject({ prompt: 'a boat', nsfw: false, expiresAt: null, loras: [] });
	});

	it('has no task ID and no seed from AI/ML API, but still a file name', async () => {
		const { json, items } = await generate({ provider: 'aimlapi', prompt: 'a boat' });
		expect(json[0]).toMatchObject({ taskId: null, seed: null, nsfw: null, expiresAt: null });
		expect(items[0]?.binary?.data?.fileName).toMatch(/^a-boat-[0-9a-f]{10}\.png$/);
	});

	it('puts the file into the field and under the name in the options', async () => {
		const { items } = await generate({
			provider: 'fal',
			prompt: 'a boat',
			numberOfImages: 2,
			options: { binaryPropertyName: 'picture', fileName: '../boats/my boat.png' },
		});
		expect(items.map(({ binary }) => Object.keys(binary ?? {}))).toEqual([
			['picture'],
			['picture'],
		]);
		expect(items.map(({ binary }) => binary?.picture?.fileName)).toEqual([
			'boats-my boat-0.png',
			'boats-my boat-1.png',
		]);
	});

	it('never has image bytes in its json', async () => {
		const { stored } = await generate({ provider: 'fal', prompt: 'a boat' });
		expect(stored).not.toMatch(/[A-Za-z0-9+/]{200}/);
	});
});

describe('several images', () => {
	it.each([
		['fal', [[4, undefined]]],
		['aimlapi', [[4, undefined]]],
		[
			'novita',
			[
				[undefined, 41],
				[undefined, 42],
				[undefined, 43],
				[undefined, 44],
			],
		],
	])('%s: four images of one item', async (provider, expected) => {
		const seed = provider === 'novita' ? { seed: 41 } : {};
		const { json } = await generate({
			provider,
			prompt: 'four boats',
			size: '768x1024',
			numberOfImages: 4,
			options: seed,
		});
		const bodies = submitsOf(getSandbox()).map(({ body }) => body as Record<string, unknown>);
		expect(bodies.map(({ num_images, seed: sent }) => [num_images, sent])).toEqual(expected);
		expect(json.map(({ imageIndex, imageCount }) => [imageIndex, imageCount])).toEqual([
			[0, 4],
			[1, 4],
			[2, 4],
			[3, 4],
		]);
	});
});

describe('many items', () => {
	it('evaluates every parameter per item and keeps order and pairing', async () => {
		const items = Array.from({ length: 12 }, (_, index) => ({
			text: `boat ${index}`,
			// The first items take the longest.
			polls: 12 - index,
			size: index % 2 === 0 ? '512x512' : '768x512',
		}));
		const {
			json,
			items: out,
			error,
		} = await generate(
			{
				provider: 'fal',
				prompt: '={{ $json.text }} [sandbox:polls={{ $json.polls }}]',
				size: '={{ $json.size }}',
				// On the test clock, the times of all tasks add up.
				options: { seed: '={{ $itemIndex + 1 }}', timeoutSeconds: 86_400 },
			},
			items,
		);
		expect(error).toBeUndefined();
		expect(json.map(({ prompt }) => String(prompt).split(' [')[0])).toEqual(
			items.map(({ text }) => text),
		);
		expect(json.map(({ seed }) => seed)).toEqual(items.map((_, index) => index + 1));
		expect(json.map(({ width, height }) => `${String(width)}x${String(height)}`)).toEqual(
			items.map(({ size }) => size),
		);
		expect(out.map(({ pairedItem }) => pairedItem)).toEqual(
			items.map((_, index) => ({ item: index })),
		);
	});

	it("adds the input item's LoRAs before its own, unless told not to", async () => {
		const input = [{ loras: [{ path: 'a/input', scale: 0.5 }, { path: lora.path }] }];
		const parameters = { provider: 'fal', prompt: 'a boat', loras };
		await generate(parameters, input);
		await generate({ ...parameters, useInputLoras: false }, input);
		const sent = submitsOf(getSandbox()).map(({ body }) => (body as { loras: unknown }).loras);
		expect(sent).toEqual([[{ path: 'a/input', scale: 0.5 }, lora], [lora]]);
	});
});

describe('Submit mode', () => {
	it.each([
		['fal', 0.008912896],
		['novita', null],
		['highway', null],
	])('%s returns the task at once', async (provider, estimatedCostUsd) => {
		const { json } = await generate({
			provider,
			prompt: 'a boat [sandbox:never]',
			mode: 'submit',
			loras,
			options: { seed: 9 },
		});
		expect(json).toEqual([
			{
				provider,
				model: expect.any(String) as string,
				taskId: expect.any(String) as string,
				status: 'pending',
				submittedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
				prompt: 'a boat [sandbox:never]',
				seed: 9,
				loras: [lora],
				estimatedCostUsd,
			},
		]);
		expect(getSandbox().requests).toHaveLength(1);
	});
});

describe('hints', () => {
	it.each([
		['novita', { steps: 4, acceleration: 'high' }, 'Acceleration, Steps'],
		['highway', { enableSafetyChecker: false, outputFormat: 'png' }, 'Enable Safety Checker'],
		['aimlapi', { steps: 4 }, undefined],
	])('%s with %j names the ignored options', async (provider, options, names) => {
		const { hints, error } = await generate({ provider, prompt: 'a boat', options });
		expect(error).toBeUndefined();
		const messages = hints.map(({ message }) => message);
		if (names === undefined) {
			expect(messages).toEqual([]);
		} else {
			expect(messages).toEqual([expect.stringContaining(`ignored: ${names}.`)]);
		}
	});

	it('reports an image that the safety checker flagged', async () => {
		const { json, hints } = await generate({ provider: 'fal', prompt: 'a boat [sandbox:nsfw]' });
		expect(json[0]?.nsfw).toBe(true);
		expect(hints.map(({ message }) => message)).toEqual([
			expect.stringContaining('flagged 1 image'),
		]);
	});
});
