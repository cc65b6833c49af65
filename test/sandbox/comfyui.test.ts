import { once } from 'node:events';
import http from 'node:http';
import { loadImage } from '@napi-rs/canvas';
import { startSandbox, type SandboxOptions } from '../../sandbox/emulator/server';
import { call, useSandbox, type Call, type Reply } from './http';
import { distance, halves, pixelsOf, sha256, type Rgb } from './images';
import { like } from './like';

interface FileName {
	readonly filename: string;
	readonly subfolder: string;
	readonly type: string;
}
interface Entry {
	readonly outputs: Record<string, { images: FileName[] }>;
	readonly status: { status_str: string; completed: boolean; messages: [string, object][] };
}
interface Body {
	readonly prompt_id: string;
	readonly number: number;
	readonly node_errors: Record<string, unknown>;
	readonly error: { type: string; message: string; details: string };
	readonly status: string;
	readonly outputs: Entry['outputs'];
	readonly execution_error: object;
	readonly queue_running: unknown[][];
	readonly queue_pending: unknown[][];
	readonly cancelled: boolean;
	readonly name: string;
}
type Node = { class_type: string; inputs: Record<string, unknown> };
type Graph = Record<string, Node>;

const LORA = 'pixel_art_style_z_image_turbo.safetensors';
const node = (class_type: string, inputs: Record<string, unknown>): Node => ({
	class_type,
	inputs,
});

/** The official graph, flattened. It is small, so that it is drawn quickly. [providers-more.md 3.3] */
const graph = (text = 'a red fox', seed = 42): Graph => ({
	unet: node('UNETLoader', {
		unet_name: 'z_image_turbo_bf16.safetensors',
		weight_dtype: 'default',
	}),
	clip: node('CLIPLoader', { clip_name: 'qwen_3_4b.safetensors', type: 'lumina2' }),
	vae: node('VAELoader', { vae_name: 'ae.safetensors' }),
	shift: node('ModelSamplingAuraFlow', { model: ['unet', 0], shift: 3 }),
	text: node('CLIPTextEncode', { clip: ['clip', 0], text }),
	zero: node('ConditioningZeroOut', { conditioning: ['text', 0] }),
	empty: node('EmptySD3LatentImage', { width: 320, height: 256, batch_size: 1 }),
	sampler: node('KSampler', {
		model: ['shift', 0],
		positive: ['text', 0],
		negative: ['zero', 0],
		latent_image: ['empty', 0],
		seed,
		steps: 8,
		cfg: 1,
		sampler_name: 'res_multistep',
		scheduler: 'simple',
		denoise: 1,
	}),
	decode: node('VAEDecode', { samples: ['sampler', 0], vae: ['vae', 0] }),
	save: node('SaveImage', { images: ['decode', 0], filename_prefix: 'fox' }),
});

/** Replaces nodes and changes the inputs of others: `{ 'sampler.denoise': 0.5 }`. */
function changed(changes: Record<string, unknown>, base = graph()): Graph {
	const copy = structuredClone(base);
	for (const [path, value] of Object.entries(changes)) {
		const [id = '', input] = path.split('.');
		if (input === undefined) copy[id] = value as Node;
		else if (value === undefined) delete copy[id]?.inputs[input];
		else copy[id]!.inputs[input] = value;
	}
	return copy;
}

/** The operations of a test on one server. */
function useComfyUi(options: SandboxOptions = { taskSeconds: 0 }) {
	const sandbox = useSandbox(options);
	const ask = <Answer = Body>(path: string, more: Call = {}): Promise<Reply<Answer>> =>
		call<Answer>(sandbox.current.urls.comfyui + path, {
			key: `Bearer ${sandbox.current.keys.comfyui}`,
			...more,
		});
	const submit = (prompt: unknown, more: object = {}) =>
		ask('/prompt', { body: { prompt, ...more } });
	const entryOf = async (id: string): Promise<Entry | undefined> =>
		(await ask<Record<string, Entry>>(`/history/${id}`)).json[id];
	const run = async (prompt: unknown, more: object = {}): Promise<Entry> => {
		const { json } = await submit(prompt, more);
		const entry = await entryOf(json.prompt_id);
		if (entry === undefined) throw new Error(`${JSON.stringify(json)} is not in the history`);
		return entry;
	};
	const view = (file: FileName, more = ''): Promise<Reply> =>
		ask<unknown>(`/view?${new URLSearchParams({ ...file }).toString()}${more}`);
	const draw = async (prompt: Graph): Promise<Reply> => {
		const { outputs } = await run(prompt);
		return await view(outputs['save']!.images[0]!);
	};
	const upload = async (
		bytes: Buffer,
		name: string,
		fields: Record<string, string> = {},
		path = '/upload/image',
	): Promise<{ status: number; json: Partial<Body> }> => {
		const form = new FormData();
		form.append('image', new Blob([new Uint8Array(bytes)]), name);
		for (const [field, value] of Object.entries(fields)) form.append(field, value);
		const reply = await fetch(sandbox.current.urls.comfyui + path, {
			method: 'POST',
			headers: { authorization: `Bearer ${sandbox.current.keys.comfyui}` },
			body: form,
		});
		const text = await reply.text();
		return { status: reply.status, json: text === '' ? {} : (JSON.parse(text) as Body) };
	};
	return { sandbox, ask, submit, entryOf, run, view, draw, upload };
}

const { sandbox, ask, submit, entryOf, run, view, draw, upload } = useComfyUi();
const ID = '5f2c1f6e-3f0b-4a8e-9d55-0f2b6a1c7e10';

describe('a prompt', () => {
	it('is accepted, drawn and kept in the history', async () => {
		const { status, json } = await submit(graph(), { prompt_id: ID, client_id: 'me' });
		expect([status, json]).toEqual([200, { prompt_id: ID, number: 0, node_errors: {} }]);
		const entry = await entryOf(ID);
		const file = { filename: 'fox_00001_.png', subfolder: '', type: 'output' };
		expect(entry).toEqual({
			prompt: [0, ID, graph(), { client_id: 'me', create_time: like.any(Number) }, ['save']],
			outputs: { save: { images: [file] } },
			status: {
				status_str: 'success',
				completed: true,
				messages: [
					['execution_start', { prompt_id: ID, timestamp: like.any(Number) }],
					['execution_cached', { nodes: [], prompt_id: ID, timestamp: like.any(Number) }],
					['execution_success', { prompt_id: ID, timestamp: like.any(Number) }],
				],
			},
			meta: {
				save: { node_id: 'save', display_node: 'save', parent_node: null, real_node_id: 'save' },
			},
		});
		const reply = await view(file);
		expect(reply.headers['content-type']).toBe('image/png');
		const { width, height } = await loadImage(reply.bytes);
		expect({ width, height }).toEqual({ width: 320, height: 256 });
		expect(sandbox.current.accepted).toMatchObject([{ prompt: 'a red fox', isTold: true }]);
	});

	it('gets an ID if it has none, and the next number', async () => {
		await submit(graph());
		const { json } = await submit(graph('another'), { prompt_id: null });
		expect(json).toEqual({
			prompt_id: like.text(/^[\da-f-]{36}$/),
			number: 1,
			node_errors: {},
		});
	});

	it.each([[ID.toUpperCase()], ['5f2c1f6e'], [7]])(
		'is refused with the ID %p',
		async (prompt_id) => {
			const { status, json } = await submit(graph(), { prompt_id });
			expect([status, json.error.type]).toEqual([400, 'invalid_prompt_id']);
		},
	);

	it("may have inputs that a class doesn't know", async () => {
		const { status } = await run(changed({ 'sampler.more': ['nowhere', 0] }));
		expect(status.completed).toBe(true);
	});

	it('needs no Content-Type, and is found below /api, too', async () => {
		const { status } = await ask('/api/prompt', {
			headers: { 'content-type': 'text/plain' },
			body: JSON.stringify({ prompt: graph() }),
		});
		expect(status).toBe(200);
	});

	it('returns as many images as its batch contains, under its prefix', async () => {
		const { outputs } = await run(
			changed({ 'empty.batch_size': 2, 'save.filename_prefix': 'animals/fox' }),
		);
		const images = outputs['save']!.images;
		expect(images).toEqual([
			{ filename: 'fox_00001_.png', subfolder: 'animals', type: 'output' },
			{ filename: 'fox_00002_.png', subfolder: 'animals', type: 'output' },
		]);
		const [one, two] = await Promise.all(images.map((file) => view(file)));
		expect(one!.bytes.equals(two!.bytes)).toBe(false);
	});

	it('continues its numbers across jobs', async () => {
		await run(graph());
		const { outputs } = await run(graph('a red fox', 43));
		expect(outputs['save']!.images[0]!.filename).toBe('fox_00002_.png');
	});

	it('can end in a preview', async () => {
		const { outputs } = await run(
			changed({ save: node('PreviewImage', { images: ['decode', 0] }) }),
		);
		expect(outputs['save']!.images).toMatchObject([{ type: 'temp' }]);
		expect((await view(outputs['save']!.images[0]!)).status).toBe(200);
	});

	it.each([
		['no prompt', {}, 'no_prompt', 'No prompt provided'],
		[
			'no output',
			{ prompt: { unet: graph()['unet'] } },
			'prompt_no_outputs',
			'Prompt has no outputs',
		],
		[
			'a class that is not installed',
			{ prompt: changed({ unet: node('UnetLoaderGGUF', {}) }) },
			'missing_node_type',
			"Node 'UnetLoaderGGUF' not found. The custom node may not be installed.",
		],
		[
			'a node without a class',
			{ prompt: { 4: { inputs: {} } } },
			'missing_node_type',
			"Node 'ID #4' has no class_type. The workflow may be corrupted or a custom node is missing.",
		],
		[
			'an unknown token',
			{ prompt: graph('[sandbox:sleep]') },
			'invalid_prompt',
			'The sandbox does not know [sandbox:sleep]; see sandbox/README.md',
		],
	])('is refused with %s', async (_name, body, type, message) => {
		const { status, json } = await ask('/prompt', { body });
		expect(status).toBe(400);
		expect(json).toEqual({
			error: { type, message, details: like.any(String), extra_info: like.any(Object) },
			node_errors: {},
		});
	});

	it.each([
		['no JSON', '{'],
		["the editor's format", { prompt: { last_node_id: 9, nodes: [], links: [] } }],
	])('with %s is a server error', async (_name, body) => {
		const { status, bytes } = await ask('/prompt', { body });
		expect([status, bytes.toString()]).toEqual([
			500,
			'500 Internal Server Error\n\nServer got itself in trouble',
		]);
	});
});

describe('a bad input', () => {
	const LORAS = `['crayon_drawing_z_image.safetensors', 'other_architecture_sdxl.safetensors', '${LORA}', 'styles/watercolor_z_image.safetensors']`;
	const withLora = (inputs: object) => ({
		lora: node('LoraLoaderModelOnly', {
			model: ['unet', 0],
			lora_name: LORA,
			strength_model: 1,
			...inputs,
		}),
		'shift.model': ['lora', 0],
	});
	const cases: [string, Record<string, unknown>, string, string, string][] = [
		[
			'a LoRA that is not there',
			withLora({ lora_name: "it's.safetensors" }),
			'lora',
			'value_not_in_list',
			`lora_name: "it's.safetensors" not in ${LORAS}`,
		],
		[
			'a model that is not there',
			{ 'unet.unet_name': 'x' },
			'unet',
			'value_not_in_list',
			"unet_name: 'x' not in ['z_image_turbo_bf16.safetensors', 'z_image_turbo_fp8_e4m3fn.safetensors']",
		],
		[
			'a name that is not in a long list',
			{ 'sampler.sampler_name': 'x' },
			'sampler',
			'value_not_in_list',
			"sampler_name: 'x' not in (list of length 42)",
		],
		[
			'a strength that is too big',
			withLora({ strength_model: 101 }),
			'lora',
			'value_bigger_than_max',
			'strength_model',
		],
		['a side that is too small', { 'empty.width': 8 }, 'empty', 'value_smaller_than_min', 'width'],
		[
			'text instead of a number',
			{ 'sampler.steps': 'many' },
			'sampler',
			'invalid_input_type',
			"steps, many, invalid literal for int() with base 10: 'many'",
		],
		[
			'null instead of a number',
			{ 'sampler.denoise': null },
			'sampler',
			'invalid_input_type',
			"denoise, None, float() argument must be a string or a real number, not 'NoneType'",
		],
		['a missing input', { 'decode.vae': undefined }, 'decode', 'required_input_missing', 'vae'],
		['a link of one element', { 'decode.vae': ['vae'] }, 'decode', 'bad_linked_input', 'vae'],
		[
			'a link to another type',
			{ 'decode.vae': ['clip', 0] },
			'decode',
			'return_type_mismatch',
			'vae, received_type(CLIP) mismatch input_type(VAE)',
		],
		[
			'a link to a missing node',
			{ 'decode.vae': ['nowhere', 0] },
			'decode',
			'exception_during_inner_validation',
			"'nowhere'",
		],
		[
			'a link to a numeric node name',
			{ 'save.images': [9, 0] },
			'save',
			'exception_during_validation',
			'9',
		],
		[
			'a link to a missing output',
			{ 'decode.vae': ['vae', 1] },
			'decode',
			'exception_during_inner_validation',
			'tuple index out of range',
		],
		[
			'a missing image',
			{ picture: node('LoadImage', { image: 'cat.png' }), 'save.images': ['picture', 0] },
			'picture',
			'custom_validation_failed',
			'image - Invalid image file: cat.png',
		],
		[
			'a cycle',
			{ 'shift.model': ['shift', 0] },
			'shift',
			'dependency_cycle',
			'shift (ModelSamplingAuraFlow) -> shift (ModelSamplingAuraFlow)',
		],
	];
	it.each(cases)('%s', async (_name, changes, id, type, details) => {
		const { status, json } = await submit(changed(changes));
		expect(status).toBe(400);
		expect(json.error).toEqual({
			type: 'prompt_outputs_failed_validation',
			message: 'Prompt outputs failed validation',
			details: id === 'save' ? like.textWith(details) : '',
			extra_info: {},
		});
		expect(json.node_errors).toEqual({
			[id]: {
				errors: [{ type, message: like.any(String), details, extra_info: like.any(Object) }],
				dependent_outputs: ['save'],
				class_type: changed(changes)[id]?.class_type,
			},
		});
		expect(sandbox.current.accepted).toEqual([]);
	});

	it('states what was given and what is allowed', async () => {
		const { json } = await submit(changed({ 'empty.width': 20_000, 'sampler.sampler_name': 'x' }));
		expect(json.node_errors).toMatchObject({
			empty: {
				errors: [
					{
						message: 'Value 20000 bigger than max of 16384',
						extra_info: {
							input_name: 'width',
							input_config: ['INT', { default: 1024, min: 16, max: 16384, step: 16 }],
							received_value: 20_000,
						},
					},
				],
			},
			sampler: { errors: [{ extra_info: { input_config: null, received_value: 'x' } }] },
		});
		const float = await submit(changed({ 'sampler.denoise': 2 }));
		expect(JSON.stringify(float.json.node_errors)).toContain('Value 2.0 bigger than max of 1.0');
	});

	it("doesn't prevent another output from being generated", async () => {
		const { status, json } = await submit(
			changed({ other: node('SaveImage', { images: ['nowhere', 0], filename_prefix: 'x' }) }),
		);
		expect(status).toBe(200);
		expect(Object.keys(json.node_errors)).toEqual(['other']);
		expect(Object.keys((await entryOf(json.prompt_id))!.outputs)).toEqual(['save']);
	});

	it('is converted like in Python', async () => {
		const { json } = await submit(changed({ 'sampler.steps': '8', 'sampler.seed': 7.9 }));
		const entry = (await entryOf(json.prompt_id)) as unknown as { prompt: [0, '', Graph] };
		expect(entry.prompt[2]['sampler']!.inputs).toMatchObject({ steps: 8, seed: 7 });
	});
});

describe('the image', () => {
	const lora = (lora_name: string, strength_model = 1) =>
		changed({
			lora: node('LoraLoaderModelOnly', { model: ['unet', 0], lora_name, strength_model }),
			'shift.model': ['lora', 0],
		});

	it('is the same for the same graph, and different for each difference', async () => {
		const variants: Graph[] = [
			graph(),
			graph('a red fox in the garden'),
			graph('a red fox', 43),
			changed({ 'sampler.steps': 9 }),
			changed({ 'unet.unet_name': 'z_image_turbo_fp8_e4m3fn.safetensors' }),
			lora(LORA),
			lora(LORA, 0.5),
			lora('styles/watercolor_z_image.safetensors'),
		];
		const all: string[] = [];
		for (const variant of variants) all.push((await draw(variant)).bytes.toString('base64'));
		expect(new Set(all).size).toBe(variants.length);
		expect((await draw(graph())).bytes.toString('base64')).toBe(all[0]);
	});

	it('shows no effect of a LoRA for another architecture, or of strength 0', async () => {
		const plain = (await draw(graph())).bytes;
		expect((await draw(lora('other_architecture_sdxl.safetensors'))).bytes.equals(plain)).toBe(
			true,
		);
		expect((await draw(lora(LORA, 0))).bytes.equals(plain)).toBe(true);
	});

	it('is drawn from a checkpoint with LoRAs for model and text, too', async () => {
		const reply = await draw(
			changed({
				unet: node('CheckpointLoaderSimple', { ckpt_name: 'z_image_turbo_all_in_one.safetensors' }),
				lora: node('LoraLoader', {
					model: ['unet', 0],
					clip: ['unet', 1],
					lora_name: LORA,
					strength_model: 1,
					strength_clip: 1,
				}),
				'shift.model': ['lora', 0],
				'text.clip': ['lora', 1],
				'decode.vae': ['unet', 2],
			}),
		);
		expect(reply.status).toBe(200);
	});

	it('follows the links: another text in the graph is not drawn', async () => {
		const { json } = await submit(
			changed({ other: node('CLIPTextEncode', { clip: ['clip', 0], text: 'an owl' }) }),
		);
		await entryOf(json.prompt_id);
		expect(sandbox.current.accepted[0]!.prompt).toBe('a red fox');
	});
});

describe('an input image', () => {
	const SOURCE = halves(300, 260, 'red', 'blue');
	const MASK = halves(300, 260, 'black', 'white');
	const RED: Rgb = [255, 0, 0];
	const encoded = (more: Record<string, unknown> = {}) =>
		changed({
			picture: node('LoadImage', { image: 'source.png' }),
			encode: node('VAEEncode', { pixels: ['picture', 0], vae: ['vae', 0] }),
			'sampler.latent_image': ['encode', 0],
			...more,
		});
	const masked = (more: Record<string, unknown> = {}) =>
		encoded({
			mask: node('LoadImageMask', { image: 'mask.png', channel: 'red' }),
			noise: node('SetLatentNoiseMask', { samples: ['encode', 0], mask: ['mask', 0] }),
			'sampler.latent_image': ['noise', 0],
			...more,
		});
	const pixels = async (prompt: Graph) => await pixelsOf((await draw(prompt)).bytes);
	beforeEach(async () => {
		await upload(SOURCE, 'source.png');
		await upload(MASK, 'mask.png');
	});

	it('shows through according to denoise, in whole pixels of the latent space', async () => {
		const [kept, gone] = [await pixels(encoded({ 'sampler.denoise': 0 })), await pixels(encoded())];
		expect([kept.width, kept.height]).toEqual([296, 256]);
		expect(kept.at(10, 10)).toEqual(RED);
		expect(distance(gone.at(10, 10), RED)).toBeGreaterThan(30);
	});

	it('is kept where the mask is black', async () => {
		const { at } = await pixels(masked());
		const rows = Array.from({ length: 50 }, (_item, index) => index * 5);
		expect(rows.every((y) => distance(at(100, y), RED) === 0)).toBe(true);
		expect(rows.some((y) => distance(at(200, y), [0, 0, 255]) > 30)).toBe(true);
	});

	it('is recorded once the job is done', async () => {
		await run(masked());
		expect(sandbox.current.tasks).toMatchObject([
			{
				provider: 'comfyui',
				image: { from: 'upload', width: 300, height: 260, sha256: sha256(SOURCE) },
				mask: { from: 'upload', sha256: sha256(MASK) },
			},
		]);
		expect(sandbox.current.inputImages).toHaveLength(2);
	});

	it.each([
		['disabled', 128, 64, 'red'],
		['center', 64, 128, 'red'],
	])('is scaled, with crop %s', async (crop, width, height, left) => {
		const {
			width: wide,
			height: high,
			at,
		} = await pixels(
			encoded({
				scale: node('ImageScale', {
					image: ['picture', 0],
					upscale_method: 'lanczos',
					width,
					height,
					crop,
				}),
				'encode.pixels': ['scale', 0],
				'sampler.denoise': 0,
			}),
		);
		expect([wide, high, left]).toEqual([width, height, 'red']);
		expect(distance(at(4, 4), RED)).toBeLessThan(5);
	});

	it('is placed under the result where the mask says so', async () => {
		const composed = changed(
			{
				compose: node('ImageCompositeMasked', {
					destination: ['picture', 0],
					source: ['decode', 0],
					x: 4,
					y: 0,
					resize_source: false,
					mask: ['mask', 0],
				}),
				'save.images': ['compose', 0],
			},
			encoded({ mask: node('LoadImageMask', { image: 'mask.png', channel: 'red' }) }),
		);
		const { width, height, at } = await pixels(composed);
		expect([width, height]).toEqual([300, 260]);
		expect(at(100, 100)).toEqual(RED);
		expect(distance(at(250, 20), [0, 0, 255])).toBeGreaterThan(30);
	});

	it.each([
		['grows', 20, 138, [255, 0, 0], true],
		['shrinks', -20, 158, [0, 0, 255], false],
	] as const)('has a mask that %s', async (_name, expand, x, source, isDrawn) => {
		const { at } = await pixels(
			masked({
				grow: node('GrowMask', { mask: ['mask', 0], expand, tapered_corners: false }),
				'noise.mask': ['grow', 0],
			}),
		);
		// Between the old border, at 148, and the new one.
		const rows = Array.from({ length: 25 }, (_item, index) => index * 5);
		expect(rows.some((y) => distance(at(x, y), source) > 30)).toBe(isDrawn);
	});

	it('is read when the job starts, so that an upload in its place still takes effect', async () => {
		const waiting = encoded({ 'text.text': 'x [sandbox:polls=2]', 'sampler.denoise': 0 });
		const { json } = await submit(waiting);
		await upload(halves(300, 260, 'lime'), 'source.png', { overwrite: 'true' });
		for (let poll = 0; poll < 2; poll++) await entryOf(json.prompt_id);
		const file = (await entryOf(json.prompt_id))!.outputs['save']!.images[0]!;
		expect((await pixelsOf((await view(file)).bytes)).at(10, 10)).toEqual([0, 255, 0]);
	});

	it("fails the job if it isn't an image", async () => {
		await upload(Buffer.from('no image'), 'text.png');
		const { status, outputs } = await run(encoded({ 'picture.image': 'text.png' }));
		expect(outputs).toEqual({});
		expect(status.messages.at(-1)).toMatchObject([
			'execution_error',
			{ node_id: 'picture', exception_type: 'PIL.UnidentifiedImageError' },
		]);
	});

	it('may be an earlier output', async () => {
		await run(graph());
		const { at } = await pixels(
			encoded({ 'picture.image': 'fox_00001_.png [output]', 'sampler.denoise': 0 }),
		);
		const original = await pixelsOf((await draw(graph())).bytes);
		expect(at(30, 30)).toEqual(original.at(30, 30));
	});
});

describe('uploads', () => {
	const [ONE, TWO] = [halves(16, 16, 'red'), halves(16, 16, 'blue')];
	it('get a number if another file has the name, but not if the bytes are the same', async () => {
		const names = [];
		for (const bytes of [ONE, ONE, TWO, TWO]) names.push((await upload(bytes, 'a.png')).json);
		expect(names).toEqual([
			{ name: 'a.png', subfolder: '', type: 'input' },
			{ name: 'a.png', subfolder: '', type: 'input' },
			{ name: 'a (1).png', subfolder: '', type: 'input' },
			{ name: 'a (1).png', subfolder: '', type: 'input' },
		]);
	});

	it('replace a file on request', async () => {
		await upload(ONE, 'a.png', { subfolder: 'n8n' });
		const { json } = await upload(TWO, 'a.png', { subfolder: 'n8n', overwrite: 'true' });
		expect(json).toEqual({ name: 'a.png', subfolder: 'n8n', type: 'input' });
		const reply = await view({ filename: 'a.png', subfolder: 'n8n', type: 'input' });
		expect(reply.bytes.equals(TWO)).toBe(true);
	});

	it.each([
		['a folder outside', { subfolder: '../..' }, 400],
		['an absolute folder', { subfolder: '/etc' }, 400],
	])('are refused for %s', async (_name, fields, status) => {
		expect((await upload(ONE, 'a.png', fields)).status).toBe(status);
	});

	it('are refused without a file', async () => {
		const body = '--x\r\ncontent-disposition: form-data; name="type"\r\n\r\ninput\r\n--x--\r\n';
		const headers = { 'content-type': 'multipart/form-data; boundary=x' };
		const { status, bytes } = await ask('/upload/image', { method: 'POST', headers, body });
		expect([status, bytes.length]).toEqual([400, 0]);
	});

	it('of more than 100 MB are refused', async () => {
		const request = http.request(`${sandbox.current.urls.comfyui}/upload/image`, {
			method: 'POST',
			headers: { 'content-type': 'multipart/form-data; boundary=x', 'content-length': 104_857_601 },
		});
		request.flushHeaders();
		const [reply] = (await once(request, 'response')) as [http.IncomingMessage];
		const text = Buffer.concat((await reply.toArray()) as Buffer[]).toString();
		request.destroy();
		expect([reply.statusCode, text]).toEqual([
			413,
			'Maximum request body size 104857600 exceeded, actual body size 104857601',
		]);
	});

	it('of a mask use the transparency of the mask', async () => {
		await upload(ONE, 'a.png');
		const ref = JSON.stringify({ filename: 'a.png', subfolder: '', type: 'input' });
		const clear = halves(16, 16, 'rgba(0, 0, 0, 0)', 'black');
		const { json } = await upload(clear, 'masked.png', { original_ref: ref }, '/upload/mask');
		expect(json).toMatchObject({ name: 'masked.png' });
		const file = { filename: 'masked.png', subfolder: '', type: 'input' };
		const image = await loadImage((await view(file)).bytes);
		expect([image.width, image.height]).toEqual([16, 16]);
		const flat = await pixelsOf((await view(file)).bytes);
		expect([flat.at(2, 2), flat.at(12, 2)]).toEqual([
			[0, 0, 0],
			[255, 0, 0],
		]);
	});

	it('are listed among the images that a node can load', async () => {
		await upload(ONE, 'a.png');
		const { json } = await ask<Record<string, object>>('/object_info/LoadImage');
		expect(json['LoadImage']).toMatchObject({
			input: { required: { image: [['a.png'], { image_upload: true }] } },
		});
	});
});

describe('GET /view', () => {
	it.each([
		['?subfolder=../..&filename=x.png', 403],
		['?subfolder=/etc&filename=passwd', 403],
		['?filename=../x.png', 400],
		['?filename=/etc/passwd', 400],
		['?filename=', 400],
		['?filename=x.png&type=models', 400],
		['?filename=x.png', 404],
		['', 404],
	])('%s is %d, without a body', async (query, status) => {
		const reply = await ask(`/view${query}`);
		expect([reply.status, reply.bytes.length]).toEqual([status, 0]);
	});

	it.each([
		['&preview=webp;90', 'image/webp', '52494646'],
		['&preview=jpeg;50', 'image/jpeg', 'ffd8ff'],
		['&channel=rgb', 'image/png', '89504e47'],
	])('converts a file for %s', async (more, type, magic) => {
		const { outputs } = await run(graph());
		const { headers, bytes } = await view(outputs['save']!.images[0]!, more);
		expect(headers['content-type']).toBe(type);
		expect(bytes.toString('hex').startsWith(magic)).toBe(true);
	});
});

describe('a job', () => {
	const job = (id: string) => ask(`/api/jobs/${id}`);

	it('goes pending, in_progress, completed', async () => {
		const { json } = await submit(graph('x [sandbox:polls=2]'));
		const seen = [];
		for (let poll = 0; poll < 3; poll++) {
			const { status } = (await job(json.prompt_id)).json;
			const { queue_running, queue_pending } = (await ask('/queue')).json;
			seen.push([status, queue_running.length, queue_pending.length]);
		}
		expect(seen).toEqual([
			['pending', 0, 1],
			['in_progress', 1, 0],
			['completed', 0, 0],
		]);
	});

	it('has the documented form at its end', async () => {
		const { json } = await submit(graph());
		const file = { filename: 'fox_00001_.png', subfolder: '', type: 'output' };
		expect((await job(json.prompt_id)).json).toEqual({
			id: json.prompt_id,
			status: 'completed',
			priority: 0,
			create_time: like.any(Number),
			execution_start_time: like.any(Number),
			execution_end_time: like.any(Number),
			outputs_count: 1,
			previewable_outputs_count: 1,
			preview_output: { ...file, nodeId: 'save', mediaType: 'images' },
			outputs: { save: { images: [file] } },
			execution_status: { status_str: 'success', completed: true, messages: like.any(Array) },
			workflow: { prompt: graph(), extra_data: { create_time: like.any(Number) } },
		});
	});

	it("that doesn't exist is 404", async () => {
		const { status, json } = await job(ID);
		expect([status, json]).toEqual([404, { error: 'Job not found' }]);
	});

	it('is listed, newest first, by status and page', async () => {
		for (const text of ['one', 'two', 'three [sandbox:never]']) await submit(graph(text));
		const list = async (query: string) =>
			(await ask<{ jobs: { status: string }[]; pagination: object }>(`/api/jobs${query}`)).json;
		expect((await list('')).jobs).toHaveLength(3);
		expect((await list('?status=pending,in_progress')).jobs).toHaveLength(1);
		expect(await list('?status=completed&limit=1')).toMatchObject({
			jobs: [{ status: 'completed' }],
			pagination: { offset: 0, limit: 1, total: 2, has_more: true },
		});
		expect((await ask('/api/jobs?status=paused')).status).toBe(400);
		expect((await ask('/api/jobs?limit=0')).status).toBe(400);
	});

	it('is canceled while it waits, and is then unknown', async () => {
		const { json } = await submit(graph('[sandbox:polls=9]'));
		const cancel = () => ask(`/api/jobs/${json.prompt_id}/cancel`, { method: 'POST' });
		expect((await cancel()).json).toEqual({ cancelled: true });
		expect((await job(json.prompt_id)).status).toBe(404);
		expect((await cancel()).json).toEqual({ cancelled: false });
	});

	it('is canceled while it runs', async () => {
		const { json } = await submit(graph('[sandbox:polls=9]'));
		for (let poll = 0; poll < 2; poll++) await job(json.prompt_id);
		const { cancelled } = (
			await ask('/api/jobs/cancel', { body: { job_ids: [json.prompt_id, ID] } })
		).json;
		expect(cancelled).toBe(true);
		expect((await job(json.prompt_id)).json).toMatchObject({
			status: 'cancelled',
			outputs: {},
			execution_status: { messages: like.listWith([['execution_interrupted', like.any(Object)]]) },
		});
		expect((await ask('/api/jobs/cancel', { body: { job_ids: ['x'] } })).status).toBe(400);
	});

	it.each([
		['fail=no paint', 'RuntimeError', /^no paint\n$/],
		['fail-as=out-of-memory', 'torch.OutOfMemoryError', /ran out of memory on your GPU/],
	])('[sandbox:%s] is %s', async (token, exception_type, message) => {
		const { json } = await submit(graph(`x [sandbox:${token}]`));
		const { status, execution_error } = (await job(json.prompt_id)).json;
		expect(status).toBe('failed');
		expect(execution_error).toEqual({
			prompt_id: json.prompt_id,
			node_id: 'sampler',
			node_type: 'KSampler',
			executed: like.listWith(['unet', 'text', 'empty']),
			exception_message: like.text(message),
			exception_type,
			traceback: like.listWith([like.textWith('/opt/ComfyUI/')]),
			current_inputs: like.any(Object),
			current_outputs: like.any(Array),
			timestamp: like.any(Number),
		});
		expect((await entryOf(json.prompt_id))!.status).toMatchObject({
			status_str: 'error',
			completed: false,
		});
	});

	it('[sandbox:fail-as=interrupted] is stopped by someone else', async () => {
		const { json } = await submit(graph('x [sandbox:fail-as=interrupted]'));
		expect((await job(json.prompt_id)).json.status).toBe('cancelled');
	});

	it('[sandbox:restart] is forgotten with all the others, but the files stay', async () => {
		const before = await submit(graph());
		const { outputs } = (await entryOf(before.json.prompt_id))!;
		const { json } = await submit(graph('x [sandbox:restart]'));
		expect((await job(json.prompt_id)).status).toBe(404);
		expect((await ask(`/history/${before.json.prompt_id}`)).json).toEqual({});
		expect((await view(outputs['save']!.images[0]!)).status).toBe(200);
		const entry = await run(graph());
		expect(entry.outputs['save']!.images[0]!.filename).toBe('fox_00002_.png');
	});
});

describe('the queue', () => {
	const running = async () => (await ask('/queue')).json.queue_running.map(([, id]) => id);
	const pending = async () => (await ask('/queue')).json.queue_pending.map(([, id]) => id);
	const start = async (text: string) => (await submit(graph(text))).json.prompt_id;
	const startBoth = async () => {
		const first = await start('one [sandbox:never] [sandbox:seconds=0]');
		const second = await start('two');
		return [first, second];
	};

	it('has one worker', async () => {
		const [first, second] = await startBoth();
		expect(await running()).toEqual([first]);
		expect(await pending()).toEqual([second]);
	});

	it('removes a job only while it waits', async () => {
		const [first, second] = await startBoth();
		const { status, bytes } = await ask('/queue', { body: { delete: [first, second] } });
		expect([status, bytes.length]).toEqual([200, 0]);
		expect(await running()).toEqual([first]);
		expect(await pending()).toEqual([]);
		await start('three');
		await ask('/queue', { body: { clear: true } });
		expect([await running(), await pending()]).toEqual([[first], []]);
	});

	it('stops a job by ID only while it runs', async () => {
		const [first, second] = await startBoth();
		await ask('/interrupt', { body: { prompt_id: second } });
		expect(await running()).toEqual([first]);
		await ask('/interrupt', { body: { prompt_id: first } });
		expect((await entryOf(first!))!.status.messages.at(-1)![0]).toBe('execution_interrupted');
		expect((await entryOf(second!))!.status.status_str).toBe('success');
	});

	it('without an ID, stops whatever runs', async () => {
		const [first] = await startBoth();
		await ask('/interrupt', { method: 'POST' });
		expect((await entryOf(first!))!.status.status_str).toBe('error');
	});

	it('lists and clears its history', async () => {
		const ids = [await start('one'), await start('two'), await start('three')];
		const keys = async (query = '') => Object.keys((await ask<object>(`/history${query}`)).json);
		expect(await keys()).toEqual(ids);
		expect(await keys('?max_items=1')).toEqual(ids.slice(2));
		expect(await keys('?max_items=1&offset=1')).toEqual(ids.slice(1, 2));
		await ask('/history', { body: { delete: [ids[0]] } });
		expect(await keys()).toEqual(ids.slice(1));
		await ask('/history', { body: { clear: true } });
		expect(await keys()).toEqual([]);
	});
});

describe('the cache', () => {
	const cachedNodes = ({ status }: Entry) =>
		(status.messages.find(([event]) => event === 'execution_cached')![1] as { nodes: string[] })
			.nodes;

	it('computes nothing for the same graph, and returns the earlier files', async () => {
		const first = await run(graph());
		const again = await run(graph());
		expect(cachedNodes(again).sort()).toEqual(Object.keys(graph()).sort());
		expect(again.outputs).toEqual(first.outputs);
	});

	it("keeps what doesn't depend on the seed", async () => {
		await run(graph());
		const cached = cachedNodes(await run(graph('a red fox', 43)));
		expect(cached).toEqual(expect.arrayContaining(['unet', 'text', 'empty']));
		expect(cached).not.toContain('sampler');
	});

	it("depends on a file's bytes, not on its name", async () => {
		const loaded = changed({
			picture: node('LoadImage', { image: 'a.png' }),
			'save.images': ['picture', 0],
		});
		await upload(halves(16, 16, 'red'), 'a.png');
		await run(loaded);
		await upload(halves(16, 16, 'blue'), 'a.png', { overwrite: '1' });
		expect(cachedNodes(await run(loaded))).not.toContain('picture');
	});

	it('[sandbox:cached-empty] has no outputs', async () => {
		const text = 'x [sandbox:cached-empty]';
		expect((await run(graph(text))).outputs).not.toEqual({});
		expect(await run(graph(text))).toMatchObject({ outputs: {}, status: { completed: true } });
	});
});

describe('faults', () => {
	it.each([
		['submit=429', 429],
		['submit=500', 500],
		['submit=502;accepted', 502],
	])('[sandbox:%s] is %d', async (token, status) => {
		const reply = await submit(graph(`x [sandbox:${token}]`), { prompt_id: ID });
		expect(reply.status).toBe(status);
		expect(await entryOf(ID)).toEqual(token.endsWith('accepted') ? like.anything() : undefined);
		expect(sandbox.current.accepted).toHaveLength(token.endsWith('accepted') ? 1 : 0);
	});

	it('of a status affect the job and the history, counted by job', async () => {
		const { json } = await submit(graph('x [sandbox:status=503*1]'));
		expect((await ask(`/api/jobs/${json.prompt_id}`)).status).toBe(503);
		expect((await ask(`/history/${json.prompt_id}`)).status).toBe(200);
	});

	it.each(['/api/jobs', '/history'])('show in %s', async (path) => {
		const body = async (token: string) => {
			const { json } = await submit(graph(`x [sandbox:status=${token}]`));
			return (await ask(`${path}/${json.prompt_id}`)).bytes.toString();
		};
		expect(await body('unknown-state')).toContain(':"paused"');
		expect(await body('no-images')).toContain('"images":[]');
	});

	it('of a download affect the file', async () => {
		const { outputs } = await run(graph('x [sandbox:download=404*1]'));
		const file = outputs['save']!.images[0]!;
		expect([(await view(file)).status, (await view(file)).status]).toEqual([404, 200]);
	});
});

describe('access', () => {
	const stats = (headers: Record<string, string>, query = '') =>
		call(`${sandbox.current.urls.comfyui}/system_stats${query}`, { headers });
	const token = 'sandbox-comfyui-token';
	const basic = Buffer.from(`sandbox:${token}`).toString('base64');

	it.each([
		['a bearer token', { authorization: `Bearer ${token}` }, 200],
		['user and password', { authorization: `Basic ${basic}` }, 200],
		['a header', { 'x-api-key': token }, 200],
		['nothing', {}, 401],
		['a wrong token', { authorization: 'Bearer wrong' }, 401],
		['the right one in the wrong form', { authorization: token }, 401],
	])('%s', async (_name, headers, status) => {
		const reply = await stats(headers);
		expect(reply.status).toBe(status);
		if (status !== 401) return;
		expect(reply.headers['content-type']).toBe('text/html');
		expect(reply.bytes.toString()).toContain('<center>nginx</center>');
	});

	it('nothing without a key, whatever the path', async () => {
		expect((await call(`${sandbox.current.urls.comfyui}/nowhere`)).status).toBe(401);
	});

	it('everything without a proxy', async () => {
		const open = await startSandbox({ keys: { comfyui: '' } });
		try {
			expect((await call(`${open.urls.comfyui}/system_stats`)).status).toBe(200);
		} finally {
			await open.close();
		}
	});

	it('a token in the URL', async () => {
		expect((await stats({}, `?token=${token}`)).status).toBe(200);
	});

	it.each([
		[{ origin: 'http://host.docker.internal:5678' }, 403],
		[{ origin: 'null' }, 403],
		[{ 'sec-fetch-site': 'cross-site' }, 403],
		[{ origin: 'http://127.0.0.1' }, 200],
	])('%p on loopback is %d', async (headers, status) => {
		const reply = await stats({
			...(headers as Record<string, string>),
			authorization: `Bearer ${token}`,
		});
		expect(reply.status).toBe(status);
		if (status === 403) expect(reply.bytes).toHaveLength(0);
	});
});

describe("the server's contents", () => {
	it('lists model files by folder', async () => {
		expect((await ask('/models')).json).toEqual(like.listWith(['loras', 'diffusion_models']));
		expect((await ask('/models/loras')).json).toEqual([
			'crayon_drawing_z_image.safetensors',
			'other_architecture_sdxl.safetensors',
			LORA,
			'styles/watercolor_z_image.safetensors',
		]);
		const unknown = await ask('/models/nothing');
		expect([unknown.status, unknown.bytes.length]).toEqual([404, 0]);
	});

	it('describes one class, all, or none', async () => {
		const { json } = await ask<Record<string, object>>('/object_info/LoraLoaderModelOnly');
		expect(json['LoraLoaderModelOnly']).toMatchObject({
			input: {
				required: {
					model: ['MODEL'],
					lora_name: [like.listWith([LORA])],
					strength_model: ['FLOAT', { min: -100, max: 100 }],
				},
			},
			output: ['MODEL'],
			output_node: false,
		});
		const all = (await ask<object>('/object_info')).json;
		expect(Object.keys(all)).toEqual(like.listWith(['KSampler', 'SaveImage']));
		expect((await ask('/object_info/UnetLoaderGGUF')).json).toEqual({});
	});

	it('describes the machine, its features and its queue', async () => {
		expect((await ask('/api/system_stats')).json).toMatchObject({
			system: { comfyui_version: like.any(String) },
			devices: [{ type: 'cuda' }],
		});
		expect((await ask('/features')).json).toMatchObject({ max_upload_size: 104_857_600 });
		expect((await ask('/prompt')).json).toEqual({ exec_info: { queue_remaining: 0 } });
	});

	it.each([
		['GET', 404, '404: Not Found'],
		['POST', 405, '405: Method Not Allowed'],
	] as const)('%s without a route is %d', async (method, status, text) => {
		const reply = await ask('/nowhere', { method });
		expect([reply.status, reply.bytes.toString()]).toEqual([status, text]);
	});
});

describe('an older server', () => {
	const older = useComfyUi({ taskSeconds: 0, comfyUi: { version: 'withoutJobs' } });
	const oldest = useComfyUi({
		taskSeconds: 0,
		comfyUi: { version: 'withoutTargetedInterrupt' },
	});

	it('has no jobs API, and says so as for any path', async () => {
		const reply = await older.ask(`/api/jobs/${ID}`);
		expect([reply.status, reply.bytes.toString()]).toEqual([404, '404: Not Found']);
		expect((await older.ask(`/api/jobs/${ID}/cancel`, { method: 'POST' })).status).toBe(405);
	});

	it('accepts any ID, and has other messages for a missing class', async () => {
		expect((await older.submit(graph(), { prompt_id: 'mine' })).json.prompt_id).toBe('mine');
		const { json } = await older.submit(changed({ unet: node('UnetLoaderGGUF', {}) }));
		expect(json.error).toMatchObject({
			type: 'invalid_prompt',
			message: 'Cannot execute because node UnetLoaderGGUF does not exist.',
			details: "Node ID '#unet'",
		});
	});

	it('never loses a job between history and queue', async () => {
		const { json } = await older.submit(graph('x [sandbox:polls=2]'));
		const seen = [];
		for (let poll = 0; poll < 3; poll++) {
			const entry = await older.entryOf(json.prompt_id);
			const { queue_running, queue_pending } = (await older.ask('/queue')).json;
			seen.push([entry?.status.status_str, queue_pending.length, queue_running.length]);
		}
		expect(seen).toEqual([
			[undefined, 1, 0],
			[undefined, 0, 1],
			['success', 0, 0],
		]);
	});

	it('that is even older stops whatever runs, whoever started it', async () => {
		const { json } = await oldest.submit(graph('[sandbox:never] [sandbox:seconds=0]'));
		await oldest.ask('/interrupt', { body: { prompt_id: ID } });
		expect((await oldest.entryOf(json.prompt_id))!.status.status_str).toBe('error');
	});
});

describe('a server with many LoRAs', () => {
	const loras = Array.from({ length: 20 }, (_item, index) => `lora-${index}.safetensors`);
	const many = useComfyUi({ taskSeconds: 0, comfyUi: { loras } });
	it('returns only how many there are', async () => {
		const { json } = await many.submit(
			changed({
				lora: node('LoraLoaderModelOnly', {
					model: ['unet', 0],
					lora_name: 'x',
					strength_model: 1,
				}),
				'shift.model': ['lora', 0],
			}),
		);
		expect(JSON.stringify(json.node_errors)).toContain("'x' not in (list of length 24)");
		expect((await many.ask('/models/loras')).json).toHaveLength(24);
	});
});
