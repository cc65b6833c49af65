import assert from 'node:assert/strict';

import OpenAI, { APIError } from 'openai';
import type { ImageGenerateParamsNonStreaming } from 'openai/resources/images';

import type { Rig } from './rig';
import { failure, type Client, type Trial } from './trial';

interface Server {
	readonly name: string;
	readonly host: 'sdcpp' | 'openaiCompatible';
	/** The path in front of `/v1`. */
	readonly path: string;
	readonly model: string;
	/** The client's error for a wrong key. Undefined if the server has no keys. */
	readonly wrongKey?: string;
	/** What the client gets with `response_format: "url"`. */
	readonly byUrl:
		'elsewhere' | 'relative' | 'itself' | 'UnprocessableEntityError' | 'BadRequestError' | 'base64';
}

const servers: readonly Server[] = [
	{
		name: 'gateway',
		host: 'openaiCompatible',
		path: '',
		model: 'z-image-turbo',
		wrongKey: '401 Incorrect API key provided.',
		byUrl: 'elsewhere',
	},
	...(
		[
			['SGLang', '/sglang', 'BadRequestError'],
			['SGLang with a folder', '/sglang-files', 'relative'],
			['SGLang with a cloud', '/sglang-cloud', 'elsewhere'],
			['vLLM-Omni', '/vllm-omni', 'UnprocessableEntityError'],
		] as const
	).map(([name, path, byUrl]) => ({
		name,
		host: 'openaiCompatible' as const,
		path,
		model: 'Tongyi-MAI/Z-Image-Turbo',
		wrongKey: '401 "Unauthorized"',
		byUrl,
	})),
	{
		name: 'LocalAI',
		host: 'openaiCompatible',
		path: '/localai',
		model: 'Z-Image-Turbo',
		wrongKey: '401 An authentication key is required',
		byUrl: 'itself',
	},
	{
		name: 'sd-server',
		host: 'openaiCompatible',
		path: '/sd-server',
		model: 'sd-cpp-local',
		byUrl: 'base64',
	},
	{
		name: 'sd-server behind a proxy',
		host: 'sdcpp',
		path: '',
		model: 'sd-cpp-local',
		wrongKey: '401',
		byUrl: 'base64',
	},
];

const connect = ({ sandbox }: Rig, { host, path }: Server, apiKey: string = sandbox.keys[host]) =>
	new OpenAI({ apiKey, baseURL: `${sandbox.urls[host]}${path}/v1`, maxRetries: 0 });

const generate = (client: OpenAI, { model }: Server, more: object = {}) =>
	client.images.generate({
		model,
		prompt: 'a fox',
		size: '256x256',
		...more,
	} as ImageGenerateParamsNonStreaming);

/** GPT image models don't accept `response_format`, so a client may omit it. These servers require it. */
const inBase64 = ({ byUrl }: Server) => (byUrl === 'base64' ? {} : { response_format: 'b64_json' });

async function apiError(promise: Promise<unknown>): Promise<APIError> {
	const error = await failure(promise);
	assert(error instanceof APIError, String(error));
	return error;
}

async function tryUrl(rig: Rig, server: Server): Promise<string> {
	const client = connect(rig, server);
	const call = generate(client, server, { response_format: 'url' });
	if (server.byUrl.endsWith('Error')) {
		const error = await apiError(call);
		assert.equal(error.constructor.name, server.byUrl);
		return `${server.byUrl}: ${error.message}`;
	}
	const [image] = (await call).data ?? [];
	if (server.byUrl === 'base64') {
		assert.equal(image?.url, undefined);
		return `base64 anyway`;
	}
	const url = image?.url ?? '';
	const own = rig.sandbox.urls[server.host];
	assert.equal(url.startsWith('/'), server.byUrl === 'relative', url);
	assert.equal(url.startsWith(own), server.byUrl === 'itself', url);
	const file = await fetch(new URL(url, own));
	assert.equal(file.status, 200);
	return `${server.byUrl}: ${file.headers.get('content-type')}`;
}

const trialsOf = (server: Server): Trial[] => [
	{
		call: `${server.name}: models.list`,
		run: async (rig) => {
			const ids = (await connect(rig, server).models.list()).data.map(({ id }) => id);
			assert.equal(ids[0], server.model);
			return ids.join(', ');
		},
	},
	{
		call: `${server.name}: images.generate`,
		run: async (rig) => {
			const more = { n: 2, ...inBase64(server) };
			const { data = [], created } = await generate(connect(rig, server), server, more);
			const images = data.map(({ b64_json = '' }) => Buffer.from(b64_json, 'base64'));
			assert.equal(images.length, 2);
			assert.notEqual(images[0]?.compare(images[1] ?? Buffer.alloc(0)), 0);
			assert(created > 1_700_000_000);
			return `2 images, ${images[0]?.subarray(1, 4).toString() === 'PNG' ? 'PNG' : 'JPEG'}`;
		},
	},
	{ call: `${server.name}: images.generate, by URL`, run: (rig) => tryUrl(rig, server) },
	{
		call: `${server.name}: images.generate, a failure`,
		run: async (rig) => {
			const more = { prompt: '[sandbox:fail=no paint]', ...inBase64(server) };
			const error = await apiError(generate(connect(rig, server), server, more));
			assert.equal(error.status, 500);
			return `${error.constructor.name}: ${error.message}`;
		},
	},
	{
		call: `${server.name}: images.generate, 429 at first`,
		run: async (rig) => {
			const client = connect(rig, server).withOptions({ maxRetries: 1 });
			const prompt = 'a fox [sandbox:submit=429;retry-after=0*1]';
			const { data } = await generate(client, server, { prompt, ...inBase64(server) });
			assert.equal(data?.length, 1);
			return 'made at its second try';
		},
	},
	{
		call: `${server.name}: images.generate, a wrong key`,
		run: async (rig) => {
			const call = generate(connect(rig, server, 'wrong'), server, inBase64(server));
			if (server.wrongKey === undefined) {
				assert.equal((await call).data?.length, 1);
				return 'no key is asked for';
			}
			const error = await apiError(call);
			assert.equal(error.constructor.name, 'AuthenticationError');
			assert(error.message.startsWith(server.wrongKey), error.message);
			return `AuthenticationError: ${error.message.split('\n', 1)[0]}`;
		},
	},
];

/** OpenAI's client against the user's own servers, most of which have no client of their own. */
export const ownServers: Client = { name: 'openai', trials: servers.flatMap(trialsOf) };
