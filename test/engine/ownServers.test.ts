import type { IncomingHttpHeaders } from 'http';
import { createServer } from 'http';
import type { AddressInfo } from 'net';
import type { IBinaryKeyData, IDataObject, INodeParameters } from 'n8n-workflow';

import { searchLoras } from '../../nodes/ZImage/hub/searchLoras';
import { searchNames } from '../../nodes/ZImage/hub/searchServer';
import { ZImageGenerate } from '../../nodes/ZImage/ZImageGenerate.node';
import { systemClock } from '../../nodes/ZImage/http/clock';
import { credentialsFor } from '../support/credentials';
import type { CredentialData } from '../support/credentialsHelper';
import { fastClock } from '../support/fastClock';
import { loadOptionsContext } from '../support/loadOptionsContext';
import { makePicture } from '../support/picture';
import { readBinary, runWorkflow, storeFile } from '../support/runWorkflow';
import { submitsOf, useSandbox } from '../support/sandboxes';

const getSandbox = useSandbox();

const boat = makePicture('png', 640, 480);

/** The credential for one of the sandbox's OpenAI-compatible servers. */
function at(path: string): CredentialData {
	const { keys, urls } = getSandbox();
	return {
		zImageOpenAiCompatibleApi: {
			authentication: 'bearer',
			apiKey: keys.openaiCompatible,
			baseUrl: `${urls.openaiCompatible}${path}`,
		},
	};
}

async function generate(
	parameters: IDataObject,
	credentials = credentialsFor(getSandbox()),
	inputBinary: IBinaryKeyData = {},
) {
	return await runWorkflow({
		inputBinary,
		steps: [{ type: 'zImageGenerate', parameters: { prompt: 'a boat', ...parameters } }],
		credentials,
		// With random seeds.
		clock: { ...fastClock(), random: () => systemClock.random() },
	});
}

describe('stable-diffusion.cpp', () => {
	const provider = 'sdcpp';
	const lora = { path: 'styles/watercolor.safetensors', scale: 0.8 };

	it('returns the seed that was sent, a different one for each image', async () => {
		const { json } = await generate({ provider, numberOfImages: 3 });
		const sent = submitsOf(getSandbox()).map(({ body }) => (body as { seed: number }).seed);
		expect(json.map(({ seed }) => seed).sort()).toEqual([...sent].sort());
		expect(new Set(sent).size).toBe(3);
		expect(json.map(({ estimatedCostUsd }) => estimatedCostUsd)).toEqual([0, 0, 0]);
		expect(getSandbox().ignoredFields).toEqual([]);
	});

	it.each([
		['imageToImage', {}, ['data']],
		['imageToImage', { loras: { lora: [lora] }, options: { strength: 0.4, steps: 9 } }, ['data']],
		['inpaint', { loras: { lora: [lora] }, options: { seed: 7 } }, ['data', 'mask']],
	])('%s with %j', async (operation, more, names) => {
		const files = Object.fromEntries(
			await Promise.all(names.map(async (name) => [name, await storeFile(boat)] as const)),
		);
		const { json, items, error } = await generate(
			{ provider, operation, ...more },
			undefined,
			files,
		);
		expect(error).toBeUndefined();
		expect(json).toEqual([
			expect.objectContaining({ status: 'succeeded', width: 640, height: 480, url: null }),
		]);
		expect((await readBinary(items[0]?.binary?.data)).length).toBeGreaterThan(100);
		expect(getSandbox().tasks[0]).toMatchObject({
			image: { from: 'data', bytes: boat.length },
			mask: names.includes('mask') ? { bytes: boat.length } : null,
		});
		expect(getSandbox().ignoredFields).toEqual([]);
	});

	it('rejects an image URL, and sends nothing', async () => {
		const image = { imageSource: 'url', imageUrl: 'https://example.com/boat.png' };
		const { error } = await generate({ provider, operation: 'imageToImage', ...image });
		expect(error?.message).toBe("stable-diffusion.cpp doesn't accept a URL for the source image");
		expect(getSandbox().requests).toEqual([]);
	});

	it('is called with the credential that its proxy needs: no key is refused', async () => {
		const { zImageSdCppApi: credential } = credentialsFor(getSandbox());
		const none = { zImageSdCppApi: { ...credential, authentication: 'none' } };
		const { error } = await generate({ provider }, none);
		expect(error?.message).toContain('did not accept the request (HTTP 401)');
		const password = getSandbox().keys.sdcpp;
		const basic = { ...credential, authentication: 'basic', user: 'sandbox', password };
		const { json } = await generate({ provider }, { zImageSdCppApi: basic });
		expect(json).toHaveLength(1);
	});
});

describe('OpenAI-compatible servers', () => {
	const provider = 'openaiCompatible';
	const options = { steps: 9, negativePrompt: 'text', outputFormat: 'webp', guidanceScale: 1 };
	const { steps, negativePrompt } = options;

	it.each<[path: string, IDataObject]>([
		['', { options: { modelName: 'z-image-turbo' } }],
		['/vllm-omni', {}],
		['/vllm-omni', { server: 'vllmOmni', options: { ...options, seed: 7 } }],
		['/vllm-omni', { server: 'vllmOmni', loras: { lora: [{ path: '/loras/a', scale: 0.5 }] } }],
		['/sglang', { server: 'sglang', options }],
		['/sglang-files', { server: 'sglang' }],
		[
			'/localai',
			{ server: 'localAi', options: { steps, negativePrompt, modelName: 'Z-Image-Turbo' } },
		],
		['/sd-server', { server: 'sdServer', options }],
		[
			'/sd-server',
			{
				server: 'sdServer',
				loras: { lora: [{ path: '/models/loras/styles/watercolor.safetensors', scale: 0.5 }] },
			},
		],
	])('%s with %j, by its base URL with and without /v1', async (path, parameters) => {
		for (const version of ['', '/v1', '/v1/']) {
			getSandbox().reset();
			const { json, items, error } = await generate(
				{ provider, ...parameters },
				at(`${path}${version}`),
			);
			expect(error).toBeUndefined();
			expect(json).toEqual([expect.objectContaining({ status: 'succeeded', url: null })]);
			expect((await readBinary(items[0]?.binary?.data)).length).toBeGreaterThan(100);
			const [submit] = submitsOf(getSandbox());
			expect(submit?.path).toBe(`${path}/v1/images/generations`);
		}
	});

	it.each([
		['/vllm-omni', 'vllmOmni'],
		['/sglang', 'sglang'],
		['/localai', 'localAi'],
		['/sd-server', 'sdServer'],
	])('%s supports every field in the request', async (path, server) => {
		const given = { ...options, seed: 7, modelName: 'Z-Image-Turbo' };
		await generate({ provider, server, options: given }, at(path));
		// It ignores these two: one is for the other servers, and it has only one model.
		const ignored = getSandbox().ignoredFields.flatMap(({ fields }) => fields);
		const known = server === 'sdServer' ? ['response_format'] : [];
		expect(ignored.filter((field) => field !== 'model')).toEqual(known);
	});

	it.each(['/vllm-omni', '/sglang', '/localai', '/sd-server'])(
		'%s: a different seed in each run, which the item shows',
		async (path) => {
			const server = { '/vllm-omni': 'vllmOmni', '/sglang': 'sglang', '/localai': 'localAi' }[path];
			const parameters = {
				provider,
				server: server ?? 'sdServer',
				numberOfImages: 2,
				options: { modelName: 'Z-Image-Turbo' },
			};
			const { json } = await generate(parameters, at(path));
			const sent = submitsOf(getSandbox()).map(({ body }) => {
				const { seed, prompt } = body as { seed?: number; prompt: string };
				return seed ?? Number(/"seed":(\d+)/.exec(prompt)?.[1]);
			});
			expect(json.map(({ seed }) => seed).sort()).toEqual(sent.sort());
			expect(new Set(sent).size).toBe(2);
		},
	);

	it('a strict gateway receives no seed, and the item shows none', async () => {
		const given = { provider, options: { modelName: 'z-image-turbo' } };
		const { json } = await generate(given, at(''));
		expect(json[0]).toMatchObject({ seed: null, model: 'z-image-turbo' });
		const { error } = await generate({ ...given, options: { ...given.options, seed: 7 } }, at(''));
		expect(error?.message).toContain("Unknown parameter: 'seed'.");
	});

	it("names the options that the kind of server doesn't support", async () => {
		const { hints } = await generate({ provider, options }, at('/vllm-omni'));
		const [hint] = hints.filter(({ message }) => message.includes("doesn't support these options"));
		expect(hint?.message).toContain('Guidance Scale, Negative Prompt, Output Format, Steps');
	});

	it.each([
		['sglang', "OpenAI-compatible (SGLang) doesn't accept LoRAs. Remove: a"],
		['vllmOmni', 'OpenAI-compatible (vLLM-Omni) accepts at most 1 LoRA (got 2). Remove: b'],
	])('%s: too many LoRAs are refused', async (server, message) => {
		const two = ['a', 'b'].map((path) => ({ path, scale: 1 }));
		const lora = server === 'sglang' ? two.slice(0, 1) : two;
		const { error } = await generate({ provider, server, loras: { lora } }, at('/sglang'));
		expect(error?.message).toBe(message);
		expect(getSandbox().requests).toEqual([]);
	});

	it('fetches a file from the server itself with the credential, and only from there', async () => {
		const seen: Array<{ url: string; headers: IncomingHttpHeaders }> = [];
		const server = createServer(({ url = '', headers, method }, response) => {
			seen.push({ url: `${method} ${url}`, headers });
			if (method === 'GET') response.end(boat);
			else {
				response.setHeader('content-type', 'application/json');
				response.end(JSON.stringify({ data: [{ url: '/v1/images/a/content?variant=1' }] }));
			}
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const { port } = server.address() as AddressInfo;
		const credential = {
			authentication: 'header',
			headerName: 'X-Gate',
			headerValue: 'open-sesame',
			baseUrl: `http://127.0.0.1:${port}/proxy/v1`,
		};
		const { json, items } = await generate(
			{ provider, server: 'sglang' },
			{ zImageOpenAiCompatibleApi: credential },
		);
		server.close();
		expect(await readBinary(items[0]?.binary?.data)).toEqual(boat);
		expect(json[0]).toMatchObject({ url: null, width: 640, height: 480 });
		expect(seen.map(({ url }) => url)).toEqual([
			'POST /proxy/v1/images/generations',
			'GET /proxy/v1/images/a/content?variant=1',
		]);
		for (const { headers } of seen) {
			expect(headers['x-gate']).toBe('open-sesame');
			expect(headers.authorization).toBeUndefined();
		}
	});
});

describe('lists in the editor', () => {
	const context = (parameters: INodeParameters, credentials: CredentialData) =>
		loadOptionsContext(
			new ZImageGenerate(),
			{ loras: { lora: [{ path: '', scale: 1 }] }, ...parameters },
			credentials,
		);

	it.each([
		[
			'',
			[
				'pixel_art_style_z_image_turbo.safetensors',
				'styles/childrens_drawings.safetensors',
				'styles/watercolor.safetensors',
			],
		],
		['WATER', ['styles/watercolor.safetensors']],
		['none of them', []],
	])('LoRAs of sd-server with %j in their path', async (filter, expected) => {
		const credentials = credentialsFor(getSandbox());
		const { results } = await searchLoras.call(context({ provider: 'sdcpp' }, credentials), filter);
		expect(results.map(({ value }) => value)).toEqual(expected);
	});

	it('models of an OpenAI-compatible server', async () => {
		const { results } = await searchNames.call(
			context({ provider: 'openaiCompatible' }, at('/localai/v1')),
			'models',
		);
		expect(results.map(({ value }) => value)).toContain('Z-Image-Turbo');
	});

	it.each([
		['openaiCompatible', 'loras', "The server doesn't list its loras"],
		['fal', 'models', 'Only your own server has a list of models'],
	] as const)("%s: no %s if the server doesn't list them", async (provider, list, message) => {
		const error: unknown = await searchNames
			.call(context({ provider }, at('/localai')), list)
			.catch((reason: unknown) => reason);
		expect(error).toBeInstanceOf(Error);
		expect((error as Error).message).toContain(message);
	});
});
