import { readFixture } from '../support/fixture';
import { authorization, call, useSandbox } from './http';

const sandbox = useSandbox();
const ask = async (path: string, body?: unknown) => {
	const url = sandbox.current.urls.comfyui + path;
	const key = authorization(sandbox.current).comfyui;
	return await call(url, { key, ...(body !== undefined && { body }) });
};

type Graph = Record<string, { class_type: string; inputs: Record<string, unknown> }>;
const ID = '5f2c1f6e-3f0b-4a8e-9d55-0f2b6a1c7e10';
const GRAPH = (readFixture('comfyui', 'jobPending').body as { workflow: { prompt: Graph } })
	.workflow.prompt;

const withText = (text: string): Graph => {
	const graph = structuredClone(GRAPH);
	graph['5']!.inputs['text'] = text;
	return graph;
};
const withNode = (
	id: string,
	class_type: string,
	inputs: Record<string, unknown>,
	user: string,
	input: string,
): Graph => {
	const graph = structuredClone(GRAPH);
	graph[id] = { class_type, inputs };
	graph[user]!.inputs[input] = [id, 0];
	return graph;
};
const withLora = (lora_name: string, strength_model = 1): Graph =>
	withNode(
		'11',
		'LoraLoaderModelOnly',
		{ model: ['1', 0], lora_name, strength_model },
		'4',
		'model',
	);

/** Names and types, without what differs between graphs. */
function shapeOf(value: unknown, name = ''): unknown {
	if (['prompt', 'current_inputs', 'extra_data'].includes(name)) return name;
	if (Array.isArray(value))
		return name === 'messages'
			? value.map((item) => shapeOf(item))
			: value.slice(0, 1).map((item) => shapeOf(item));
	if (typeof value !== 'object' || value === null) return value === null ? null : typeof value;
	return Object.fromEntries(
		Object.entries(value)
			.sort()
			.map(([key, item]) => [key, shapeOf(item, key)]),
	);
}

const submit = (prompt: unknown) =>
	ask('/prompt', { prompt, prompt_id: ID, client_id: 'a-client' });
/** The requests after a submit, and how often to repeat them. */
const after =
	(text: string, path: string, times = 1) =>
	async () => {
		await submit(withText(text));
		for (let time = 1; time < times; time++) await ask(path);
		return await ask(path);
	};
const stopped = (path: string) => async () => {
	await after('[sandbox:polls=9]', `/history/${ID}`, 2)();
	await ask('/interrupt', { prompt_id: ID });
	return await ask(path);
};
const again = (path: string) => async () => {
	await submit(GRAPH);
	return await after('a red fox', path)();
};
const [HISTORY, JOB] = [`/history/${ID}`, `/api/jobs/${ID}`];

const answers: Record<string, () => Promise<{ status: number; json: unknown }>> = {
	submit: () => submit(GRAPH),
	submitWithNodeErrors: () =>
		submit({
			...withLora('x'),
			...GRAPH,
			14: { class_type: 'SaveImage', inputs: { images: ['13', 0], filename_prefix: 'x' } },
			13: { class_type: 'VAEDecode', inputs: { samples: ['12', 0], vae: ['3', 0] } },
			12: { class_type: 'KSampler', inputs: { ...GRAPH['8']!.inputs, model: ['11', 0] } },
		}),
	errorNoPrompt: () => ask('/prompt', {}),
	errorInvalidPromptId: () => ask('/prompt', { prompt: GRAPH, prompt_id: 'x' }),
	errorMissingClass: () => submit(withNode('1', 'UnetLoaderGGUF', {}, '4', 'model')),
	errorNoOutputs: () => submit({ 1: GRAPH['1'] }),
	errorLoraNotInList: () => submit(withLora('missing.safetensors')),
	errorValueTooBig: () => submit(withLora('pixel_art_style_z_image_turbo.safetensors', 101)),
	errorImageMissing: () =>
		submit(withNode('12', 'LoadImage', { image: 'source.png' }, '10', 'images')),
	errorJobNotFound: () => ask(JOB),
	historyEmpty: () => ask(HISTORY),
	historySuccess: after('a red fox', HISTORY),
	historyError: after('[sandbox:fail]', HISTORY),
	historyOutOfMemory: after('[sandbox:fail-as=out-of-memory]', HISTORY),
	historyInterrupted: stopped(HISTORY),
	historyCached: again(HISTORY),
	queueEmpty: () => ask('/queue'),
	queueStatus: () => ask('/prompt'),
	jobPending: after('[sandbox:polls=2]', JOB),
	jobInProgress: after('[sandbox:polls=2]', JOB, 2),
	jobCompleted: after('a red fox', JOB),
	jobCompletedCached: again(JOB),
	jobFailed: after('[sandbox:fail]', JOB),
	jobOutOfMemory: after('[sandbox:fail-as=out-of-memory]', JOB),
	jobCancelled: stopped(JOB),
	jobList: after('[sandbox:polls=2]', '/api/jobs?limit=10'),
	cancelledNothing: () => ask(`/api/jobs/${ID}/cancel`, {}),
	modelsLoras: () => ask('/models/loras'),
	objectInfoLora: () => ask('/object_info/LoraLoaderModelOnly'),
	objectInfoMissing: () => ask('/object_info/Nothing'),
	systemStats: () => ask('/system_stats'),
	features: () => ask('/features'),
};

describe("the stand-in answers like the fixtures of ComfyUI's documentation", () => {
	it.each(Object.keys(answers))('%s', async (name) => {
		const { statusCode, body } = readFixture('comfyui', name);
		const { status, json } = await answers[name]!();
		expect(status).toBe(statusCode);
		expect(shapeOf(json)).toEqual(shapeOf(body));
	});
});
