import { createHash } from 'crypto';
import type { IBinaryKeyData, IDataObject } from 'n8n-workflow';

import { systemClock } from '../../nodes/ZImage/http/clock';
import { credentialsFor } from '../support/credentials';
import { makeNoise, makePicture } from '../support/picture';
import type { WorkflowOptions } from '../support/runWorkflow';
import { runWorkflow, storeFile } from '../support/runWorkflow';
import { submitsOf, useSandbox } from '../support/sandboxes';

const getSandbox = useSandbox();

const boat = makePicture('png', 640, 480);
const mask = makePicture('png', 640, 480);
/** Too large to send inline. */
const large = makeNoise('png', 400, 300);
const dataUri = `data:image/png;base64,${boat.toString('base64')}`;

async function generate(
	parameters: IDataObject,
	files: Record<string, Buffer>,
	options: Partial<WorkflowOptions> = {},
) {
	const stored = await Promise.all(
		Object.entries(files).map(async ([name, bytes]) => [
			name,
			await storeFile(bytes, { fileName: `${name}.png` }),
		]),
	);
	return await runWorkflow({
		inputBinary: Object.fromEntries(stored) as IBinaryKeyData,
		steps: [{ type: 'zImageGenerate', parameters: { prompt: 'a boat', ...parameters } }],
		credentials: credentialsFor(getSandbox()),
		...options,
	});
}

const path = 'https://huggingface.co/a/b/resolve/main/c.safetensors';
const loras = { lora: [{ path: 'a/b/c.safetensors', scale: 0.5 }] };

interface Case {
	readonly name: string;
	readonly parameters: IDataObject;
	readonly path: string;
	readonly body: object;
	readonly size: readonly [number, number];
	readonly costUsd: number | null;
	/** The names in the hint about ignored fields. */
	readonly ignored?: string;
}

const cases: Case[] = [
	{
		name: 'WaveSpeed: Image to Image',
		parameters: { provider: 'wavespeed', operation: 'imageToImage' },
		path: '/api/v3/wavespeed-ai/z-image-turbo/image-to-image',
		body: { prompt: 'a boat', image: dataUri, size: '640*480' },
		size: [640, 480],
		costUsd: 0.005,
	},
	{
		name: 'WaveSpeed: Image to Image with a LoRA and options',
		parameters: {
			provider: 'wavespeed',
			operation: 'imageToImage',
			outputSize: '768x1024',
			loras,
			options: { seed: 7, strength: 0.3, outputFormat: 'webp' },
		},
		path: '/api/v3/wavespeed-ai/z-image-turbo/image-to-image-lora',
		body: {
			prompt: 'a boat',
			image: dataUri,
			size: '768*1024',
			seed: 7,
			strength: 0.3,
			output_format: 'webp',
			loras: [{ path, scale: 0.5 }],
		},
		size: [768, 1024],
		costUsd: null,
	},
	{
		name: 'WaveSpeed: Inpaint, which has no seed',
		parameters: { provider: 'wavespeed', operation: 'inpaint', options: { seed: 7 } },
		path: '/api/v3/wavespeed-ai/z-image/turbo-inpaint',
		body: { prompt: 'a boat', image: dataUri, mask_image: dataUri },
		size: [640, 512],
		costUsd: 0.02,
		ignored: 'Seed',
	},
	{
		name: 'WaveSpeed: ControlNet',
		parameters: {
			provider: 'wavespeed',
			operation: 'controlNet',
			preprocess: 'canny',
			outputSize: 'custom',
			width: 2048,
			height: 512,
			options: { controlScale: 0.5 },
		},
		path: '/api/v3/wavespeed-ai/z-image-turbo/controlnet',
		body: { prompt: 'a boat', image: dataUri, size: '2048*512', mode: 'canny', strength: 0.5 },
		size: [2048, 512],
		costUsd: 0.05,
	},
	{
		name: 'Replicate: Image to Image with a LoRA and options',
		parameters: {
			provider: 'replicate',
			operation: 'imageToImage',
			outputSize: '768x1024',
			loras,
			options: { seed: 7, strength: 0.3, outputQuality: 90 },
		},
		path: '/v1/models/prunaai/z-image-turbo-img2img/predictions',
		body: {
			input: {
				prompt: 'a boat',
				image: dataUri,
				seed: 7,
				strength: 0.3,
				output_quality: 90,
				lora_weights: [path],
				lora_scales: [0.5],
			},
		},
		size: [640, 480],
		costUsd: null,
		ignored: 'Output Size',
	},
	{
		name: 'Replicate: Inpaint',
		parameters: { provider: 'replicate', operation: 'inpaint' },
		path: '/v1/models/prunaai/z-image-turbo-inpaint/predictions',
		body: { input: { prompt: 'a boat', image: dataUri, mask_image: dataUri } },
		size: [640, 480],
		costUsd: null,
	},
	{
		name: 'Replicate: ControlNet',
		parameters: { provider: 'replicate', operation: 'controlNet', options: { controlScale: 2 } },
		path: '/v1/models/prunaai/z-image-turbo-controlnet/predictions',
		body: {
			input: { prompt: 'a boat', control_image: dataUri, controlnet_conditioning_scale: 2 },
		},
		size: [640, 480],
		costUsd: null,
	},
];

it.each(cases)('$name', async ({ parameters, path: sentTo, body, size, costUsd, ignored }) => {
	const { json, hints, error } = await generate(parameters, { data: boat, mask });
	expect(error).toBeUndefined();
	const submits = submitsOf(getSandbox());
	expect(submits.map((submit) => [submit.path, submit.body])).toStrictEqual([[sentTo, body]]);
	const [width, height] = size;
	expect(json).toMatchObject([{ status: 'succeeded', width, height, estimatedCostUsd: costUsd }]);
	const named = hints.map(({ message }) => message).filter((text) => text.includes('were ignored'));
	expect(named).toStrictEqual(
		ignored === undefined ? [] : [expect.stringContaining(ignored) as string],
	);
});

describe('a file that is too large to send inline', () => {
	const change = (provider: string) => ({ provider, operation: 'imageToImage' });
	const sha256 = createHash('sha256').update(large).digest('hex');
	const readByProvider = (field: string) => [
		expect.objectContaining({ field, from: 'url', sha256, bytes: large.length }) as object,
	];

	it("is uploaded to WaveSpeed's upload URL, with the required headers", async () => {
		const { error } = await generate(change('wavespeed'), { data: large });
		expect(error).toBeUndefined();
		const sandbox = getSandbox();
		const [initiate] = sandbox.requestsTo('wavespeed');
		expect(initiate).toMatchObject({
			method: 'POST',
			path: '/api/v3/media/uploads',
			body: { filename: 'data.png', size: large.length, content_type: 'image/png' },
		});
		const put = sandbox.requestsTo('files').find(({ method }) => method === 'PUT');
		expect(put?.headers).toMatchObject({
			'content-type': 'image/png',
			'content-length': String(large.length),
			'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
		});
		expect(put?.headers.authorization).toBeUndefined();
		expect(sandbox.inputImages).toStrictEqual(readByProvider('image'));
	});

	it('is uploaded to Replicate as a form, with the key', async () => {
		const { error } = await generate(change('replicate'), { data: large });
		expect(error).toBeUndefined();
		const sandbox = getSandbox();
		const [upload] = sandbox.requestsTo('replicate');
		expect(upload).toMatchObject({ method: 'POST', path: '/v1/files' });
		expect(upload?.headers).toMatchObject({
			authorization: `Bearer ${sandbox.keys.replicate}`,
			'content-type': expect.stringMatching(/^multipart\/form-data; boundary=/) as string,
		});
		expect(sandbox.inputImages).toStrictEqual(readByProvider('image'));
		expect(submitsOf(sandbox)[0]?.body).toMatchObject({
			input: { image: expect.stringMatching(/\/v1\/files\/[\w-]+$/) as string },
		});
	});
});

describe('what is refused before anything is sent', () => {
	it.each([
		[
			'a repository whose file is unknown',
			{ provider: 'replicate', loras: { lora: [{ path: 'owner/name' }] } },
			'The path of LoRA 1 must be a link to a file on this provider (got "owner/name")',
		],
		[
			'LoRAs for an endpoint without LoRAs',
			{ provider: 'wavespeed', operation: 'controlNet', preprocess: 'pose', loras },
			`WaveSpeed doesn't accept LoRAs for ControlNet. Remove: ${path}`,
		],
		[
			'ControlNet without control',
			{ provider: 'wavespeed', operation: 'controlNet', preprocess: '={{ "none" }}' },
			'Preprocess must be one of: canny, depth, pose (got "none")',
		],
	])('%s', async (_, parameters, message) => {
		const { error } = await generate(parameters, { data: boat });
		expect(error?.message).toBe(message);
		expect(getSandbox().requests).toEqual([]);
	});
});

it('an error in an HTTP 200 response is never retried', async () => {
	const { error } = await generate(
		{ provider: 'wavespeed', prompt: 'a boat [sandbox:submit=200*1]' },
		{},
	);
	expect(error?.message).toMatch(/^WaveSpeed answered the request \(HTTP 200\), but/);
	expect(error?.description).toContain('may have accepted the task');
	expect(submitsOf(getSandbox())).toHaveLength(1);
});

describe.each([
	['wavespeed', 'DELETE', /^\/api\/v3\/predictions\/[\w-]+$/],
	['replicate', 'POST', /^\/v1\/predictions\/[\w-]+\/cancel$/],
])('a stop on %s', (provider, method, path) => {
	const stopped = async (words: string) => {
		const isUnderWay = async () => {
			const asked = () => getSandbox().requestsTo(provider).length;
			while (asked() < 3) await new Promise((next) => setTimeout(next, 5));
		};
		return await generate(
			{ provider, prompt: `a boat ${words}` },
			{},
			{ cancelWhen: isUnderWay(), clock: systemClock },
		);
	};
	const canceled = () =>
		getSandbox().requests.filter((each) => each.method === method && path.test(each.path));

	it('cancels the task, and forgets it once that is confirmed', async () => {
		const { stored } = await stopped('[sandbox:never]');
		expect(canceled()).toHaveLength(1);
		expect(stored).toContain('"zImageAcceptedTasks":{}');
	});

	it('keeps a task that continues', async () => {
		const { stored } = await stopped('[sandbox:uncancelable] [sandbox:polls=1000]');
		expect(canceled()).toHaveLength(1);
		const kept = /"zImageAcceptedTasks":\{.+/.exec(stored)?.[0];
		expect(kept).toContain(String(getSandbox().tasks[0]?.id));
		expect(stored).not.toContain('"zImageAcceptedTasks":{}');
	});
});
