import type { INodeListSearchResult, INodeParameters, INodeType } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

import { readPath } from '../../nodes/ZImage/lora/paths';
import { searchLoras } from '../../nodes/ZImage/hub/searchLoras';
import { loraPathProperty } from '../../nodes/ZImage/properties/loras';
import { ZImageApplyLoraPreset } from '../../nodes/ZImage/ZImageApplyLoraPreset.node';
import { ZImageGenerate } from '../../nodes/ZImage/ZImageGenerate.node';
import { loadOptionsContext } from '../support/loadOptionsContext';
import { useSandbox } from '../support/sandboxes';

const getSandbox = useSandbox();

const row = { path: { __rl: true, mode: 'list', value: '' }, scale: 1 };
const lists = {
	loras: { lora: [row] },
	customLoras: { lora: [row] },
} as unknown as INodeParameters;

interface Search {
	readonly hubUrl?: unknown;
	readonly filter?: string;
	readonly token?: string;
	readonly nodeType?: INodeType;
}

async function search({
	hubUrl = getSandbox().urls.hub,
	filter,
	token,
	nodeType = new ZImageApplyLoraPreset(),
}: Search = {}): Promise<INodeListSearchResult> {
	const context = loadOptionsContext(nodeType, {
		...lists,
		options: { hubUrl: hubUrl as string },
	});
	return await searchLoras.call(context, filter, token);
}

async function failureOf(options: Search): Promise<NodeApiError | NodeOperationError> {
	const error: unknown = await search(options).catch((reason: unknown) => reason);
	if (error instanceof NodeApiError || error instanceof NodeOperationError) return error;
	throw new Error('The search did not fail as it should', { cause: error });
}

const message = (reason: string) =>
	`Hugging Face could not be reached (${reason}). Choose By ID or By URL, or use a preset of Apply LoRA Preset.`;

it.each([
	['Generate', new ZImageGenerate()],
	['Apply LoRA Preset', new ZImageApplyLoraPreset()],
])('%s lists the LoRAs for Z-Image Turbo without a key', async (_, nodeType) => {
	const [mode] = loraPathProperty.modes ?? [];
	expect(Object.keys(nodeType.methods.listSearch)).toContain(mode?.typeOptions?.searchListMethod);
	const { results } = await search({ nodeType });
	expect(results).toContainEqual({
		name: 'pixel_art_style_lora_z_image_turbo (tarn59)',
		value:
			'tarn59/pixel_art_style_lora_z_image_turbo#trigger=Pixel%20art%20style.&file=pixel_art_style_z_image_turbo.safetensors',
		url: 'https://huggingface.co/tarn59/pixel_art_style_lora_z_image_turbo',
	});
	const [request] = getSandbox().requestsTo('hub');
	expect(request).toMatchObject({ method: 'GET', path: '/api/models' });
	expect(request?.headers).not.toHaveProperty('authorization');
	expect(request?.headers).not.toHaveProperty('cookie');
});

it('reads all pages, and keeps only what a provider can load', async () => {
	const names: string[] = [];
	let token: string | undefined;
	do {
		const page = await search({ ...(token !== undefined && { token }) });
		for (const { name, value } of page.results) {
			names.push(name);
			expect(readPath({ mode: 'list', value }, 'LoRA')?.path).toMatch(/^[\w.-]+\/[\w.-]+$|^https:/);
		}
		token = page.paginationToken;
	} while (token !== undefined);
	expect(getSandbox().requestsTo('hub').length).toBeGreaterThan(1);
	expect(names.length).toBeGreaterThan(45);
	expect(new Set(names).size).toBe(names.length);
	// Gated, without weights, for another model, and the model itself.
	expect(names.filter((name) => /members-only|no-weights|flux|Tongyi/.test(name))).toEqual([]);
	const downloads = names.map((name) =>
		Number(/([\d,]+) downloads$/.exec(name)?.[1]?.replace(',', '')),
	);
	expect(downloads).toEqual([...downloads].sort((a, b) => b - a));
});

it('finds part of a name, and lists each weights file, with the final training state first', async () => {
	const { results, paginationToken } = await search({ filter: ' steps-collection ' });
	expect(paginationToken).toBeUndefined();
	const files = [
		'zimage_steps.safetensors',
		'checkpoints/zimage_steps_000000500.safetensors',
		'checkpoints/zimage_steps_000001000.safetensors',
	];
	expect(results).toEqual(
		files.map((file) => ({
			name: `${file} (invented-lab/zimage-steps-collection)`,
			value: `invented-lab/zimage-steps-collection/${file}#trigger=st3ps`,
			url: `https://huggingface.co/invented-lab/zimage-steps-collection/blob/main/${file}`,
		})),
	);
	expect((await search({ filter: 'nobody-has-this' })).results).toEqual([]);
});

it.each([404, 429, 500, 503])('says so if the hub responds with %d', async (status) => {
	const error = await failureOf({ filter: `sandbox-hub-${status}` });
	expect(error).toBeInstanceOf(NodeApiError);
	expect(error.message).toBe(message(`HTTP ${status}`));
	expect(error.description).toContain('Hugging Face URL');
});

it.each([
	['sandbox-hub-reset', /^ECONNRESET$/],
	['sandbox-hub-html', /^its response isn't a list of models$/],
	['sandbox-hub-broken-json', /^its response isn't a list of models$/],
	['sandbox-hub-other-json', /^its response isn't a list of models$/],
	['sandbox-hub-empty', /^its response isn't a list of models$/],
])('says so at %s', async (filter, reason) => {
	const error = await failureOf({ filter });
	const [, found] =
		/^Hugging Face could not be reached \((.*)\)\. Choose By ID/.exec(error.message) ?? [];
	expect(found).toMatch(reason);
});

it('waits 15 seconds for a response, and says so', async () => {
	const context = loadOptionsContext(new ZImageGenerate(), {
		...lists,
		options: { hubUrl: getSandbox().urls.hub },
	});
	const httpRequest = context.helpers.httpRequest.bind(context.helpers);
	let timeout: number | undefined;
	context.helpers.httpRequest = async (options) => {
		({ timeout } = options);
		return (await httpRequest({ ...options, timeout: 100 })) as unknown;
	};
	const hung: unknown = await searchLoras
		.call(context, 'sandbox-hub-hang')
		.catch((error: unknown) => error);
	expect(hung).toMatchObject({ message: message('ECONNABORTED') });
	expect(timeout).toBe(15_000);
});

it('says so if nothing responds', async () => {
	const error = await failureOf({ hubUrl: 'http://127.0.0.1:9' });
	expect(error.message).toBe(message('ECONNREFUSED'));
});

it.each(['huggingface.co', 'ftp://hub.example', 'https://', '={{ $json.hub }}', 7])(
	'sends no request if the address is %j',
	async (hubUrl) => {
		const error = await failureOf({ hubUrl });
		expect(error.message).toBe('The option Hugging Face URL must be an http or https URL');
		expect(getSandbox().requests).toEqual([]);
	},
);

it("sends no request if the address isn't text", async () => {
	const error = await failureOf({ hubUrl: { a: 1 } });
	expect(error.message).toBe('Hugging Face URL must be text (got {"a":1})');
	expect(getSandbox().requests).toEqual([]);
});

describe('of another server', () => {
	type Handler = Parameters<typeof createServer>[1];

	async function withServer(handler: Handler, run: (url: string) => Promise<void>): Promise<void> {
		const server = createServer({}, handler ?? (() => {}));
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const { port } = server.address() as AddressInfo;
		try {
			await run(`http://127.0.0.1:${port}`);
		} finally {
			server.closeAllConnections();
			server.close();
		}
	}

	it('uses only the cursor of the link to the next page', async () => {
		const asked: string[] = [];
		await withServer(
			(request, response) => {
				asked.push(request.url ?? '');
				response.setHeader('link', '<https://elsewhere.example/x?cursor=a%26b>; rel="next"');
				response.end('[]');
			},
			async (url) => {
				const { paginationToken } = await search({ hubUrl: `${url}/mirror/` });
				expect(paginationToken).toBe('a&b');
				await search({ hubUrl: `${url}/mirror`, token: 'a&b', filter: 'x&y' });
			},
		);
		expect(asked.map((path) => path.split('?')[0])).toEqual(Array(2).fill('/mirror/api/models'));
		const query = new URLSearchParams(asked[1]?.split('?')[1]);
		expect([query.get('cursor'), query.get('search')]).toEqual(['a&b', 'x&y']);
	});

	it('stops reading a small response that unpacks to a large one', async () => {
		const mebibytes = 256;
		const packed = gzipSync(Buffer.alloc(mebibytes * 1024 * 1024, ' '), { level: 9 });
		expect(packed.length).toBeLessThan(300_000);
		await withServer(
			(_, response) => {
				response.setHeader('content-encoding', 'gzip');
				response.end(packed);
			},
			async (hubUrl) => {
				const before = process.memoryUsage().arrayBuffers;
				const error = await failureOf({ hubUrl });
				const grown = process.memoryUsage().arrayBuffers - before;
				expect(error.message).toBe(message('its response is larger than 8 MiB'));
				expect(grown / 1024 / 1024).toBeLessThan(mebibytes / 4);
			},
		);
	});

	it('skips unexpected entries and keeps the rest', async () => {
		const models = [
			null,
			'x',
			{ id: 7 },
			{ id: 'a/b', siblings: [{ rfilename: 'c.safetensors' }] },
		];
		await withServer(
			(_, response) => response.end(JSON.stringify(models)),
			async (hubUrl) => {
				expect(await search({ hubUrl })).toEqual({
					results: [
						{ name: 'b (a)', value: 'a/b#file=c.safetensors', url: 'https://huggingface.co/a/b' },
					],
				});
			},
		);
	});
});
