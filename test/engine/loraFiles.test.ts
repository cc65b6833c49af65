import type { IBinaryData, IBinaryKeyData, IDataObject } from 'n8n-workflow';

import { credentialsFor } from '../support/credentials';
import { sha256 } from '../support/files';
import { makePicture } from '../support/picture';
import type { BinaryMode, Step, WorkflowOptions } from '../support/runWorkflow';
import { inBinaryMode, readBinary, runWorkflow, storeFile } from '../support/runWorkflow';
import { makeSafetensors } from '../support/safetensors';
import { submitsOf, uploadsOf, useSandbox } from '../support/sandboxes';

const getSandbox = useSandbox();

const small = makeSafetensors(1000);

const keep = async (bytes: Buffer, fileName = 'pencil.safetensors'): Promise<IBinaryData> =>
	await storeFile(bytes, { fileName, mimeType: 'application/octet-stream' });

const fromField = (field: string, scale = 0.8) => ({
	lora: [{ path: { __rl: true, mode: 'binary', value: field }, scale }],
});

async function generate(
	parameters: IDataObject,
	inputBinary: WorkflowOptions['inputBinary'],
	options: Partial<Step & WorkflowOptions> = {},
) {
	const { maxTries, onError, ...others } = options;
	const step = {
		type: 'zImageGenerate',
		parameters: { provider: 'fal', prompt: 'a boat', loras: fromField('lora'), ...parameters },
		...(maxTries !== undefined && { maxTries }),
		...(onError && { onError }),
	};
	return await runWorkflow({
		...(inputBinary && { inputBinary }),
		steps: [step],
		credentials: credentialsFor(getSandbox()),
		...others,
	});
}

describe.each<BinaryMode>(['default', 'filesystem-v2', 'database'])('kept in mode %s', (mode) => {
	it('a LoRA file is uploaded to fal, and loaded from there', async () => {
		await inBinaryMode(mode, async () => {
			const { json, items, error } = await generate({}, { lora: await keep(small) });
			expect(error).toBeUndefined();
			const sandbox = getSandbox();
			const [initiate, put] = uploadsOf(sandbox);
			expect(initiate).toMatchObject({
				method: 'POST',
				path: '/storage/upload/initiate',
				body: { content_type: 'application/octet-stream', file_name: 'pencil.safetensors' },
			});
			expect(initiate?.headers).toMatchObject({
				'x-fal-object-lifecycle': '{"expiration_duration_seconds":604800}',
			});
			expect(put).toMatchObject({ provider: 'files', method: 'PUT' });
			expect(put?.headers).toMatchObject({
				'content-type': 'application/octet-stream',
				'content-length': String(small.length),
			});
			expect(put?.headers.authorization).toBeUndefined();
			const path = expect.stringMatching(/^http.*\/files\/b\/.+_pencil\.safetensors$/) as string;
			expect(submitsOf(sandbox).map((submit) => [submit.path, submit.body])).toStrictEqual([
				[
					'/fal-ai/z-image/turbo/lora',
					{
						prompt: 'a boat',
						image_size: 'square_hd',
						num_images: 1,
						loras: [{ path, scale: 0.8 }],
					},
				],
			]);
			expect(json).toMatchObject([{ status: 'succeeded', loras: [{ path, scale: 0.8 }] }]);
			expect(items[0]?.binary?.data).toBeDefined();
		});
	});
});

it("the image depends on the file's contents, wherever it is", async () => {
	const draw = async (bytes: Buffer | undefined) => {
		const parameters = { options: { seed: 5 }, ...(!bytes && { loras: {} }) };
		const { items, error } = await generate(
			parameters,
			bytes ? { lora: await keep(bytes) } : undefined,
		);
		expect(error).toBeUndefined();
		return sha256(await readBinary(items[0]?.binary?.data));
	};
	const one = await draw(small);
	expect(await draw(small)).toBe(one);
	expect(await draw(makeSafetensors(1001))).not.toBe(one);
	expect(await draw(undefined)).not.toBe(one);
});

it('a file above 90 MB goes to fal in parts of 10 MB, as a stream', async () => {
	await inBinaryMode('filesystem-v2', async () => {
		const large = makeSafetensors(91 * 1024 * 1024);
		const { error, json } = await generate({}, { lora: await keep(large) });
		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ status: 'succeeded' }]);
		const sandbox = getSandbox();
		expect(uploadsOf(sandbox)[0]).toMatchObject({ path: '/storage/upload/initiate-multipart' });
		const puts = sandbox.requestsTo('files').filter(({ method }) => method === 'PUT');
		const sizes = puts.map(({ headers }) => Number(headers['content-length']));
		expect(sizes.slice(0, 9)).toStrictEqual(Array.from({ length: 9 }, () => 10 * 1024 * 1024));
		expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(large.length);
		const complete = sandbox.requestsTo('files').find(({ method }) => method === 'POST');
		expect(complete?.path).toMatch(/_pencil\.safetensors\/complete$/);
		expect((complete?.body as { parts: unknown[] }).parts).toHaveLength(10);
	});
	// All bytes go over the wire and through the store.
}, 120_000);

it('WaveSpeed receives it at its upload URL', async () => {
	const { error, json } = await generate({ provider: 'wavespeed' }, { lora: await keep(small) });
	expect(error).toBeUndefined();
	const [initiate, put] = uploadsOf(getSandbox());
	expect(initiate).toMatchObject({
		path: '/api/v3/media/uploads',
		body: {
			filename: 'pencil.safetensors',
			size: small.length,
			content_type: 'application/octet-stream',
		},
	});
	expect(put?.headers).toMatchObject({ 'content-length': String(small.length) });
	const path = expect.stringMatching(/_pencil\.safetensors$/) as string;
	expect(submitsOf(getSandbox()).map(({ body }) => body)).toStrictEqual([
		{ prompt: 'a boat', size: '1024*1024', loras: [{ path, scale: 0.8 }] },
	]);
	expect(json).toMatchObject([{ status: 'succeeded', loras: [{ path, scale: 0.8 }] }]);
});

it('the same file is uploaded once for any number of items, images and copies', async () => {
	await inBinaryMode('filesystem-v2', async () => {
		const [one, copy] = [await keep(small), await keep(small, 'copy')];
		expect(one.id).not.toBe(copy.id);
		const files = [one, one, copy].map((lora) => ({ lora }));
		const { error, json } = await generate({ numberOfImages: 2 }, files, { items: [{}, {}, {}] });
		expect(error).toBeUndefined();
		expect(json).toHaveLength(6);
		expect(uploadsOf(getSandbox())).toHaveLength(2);
		const paths = submitsOf(getSandbox()).map(
			({ body }) => (body as { loras: Array<{ path: string }> }).loras[0]?.path,
		);
		expect(new Set(paths).size).toBe(1);
	});
	// Six images are drawn.
}, 120_000);

it('Apply LoRA Preset can name the file for Generate, once at each scale', async () => {
	const path = { __rl: true, mode: 'binary', value: 'lora' };
	const { json, error } = await runWorkflow({
		inputBinary: { lora: await keep(small) },
		steps: [
			{
				type: 'zImageApplyLoraPreset',
				parameters: {
					customLoras: { lora: [{ path, scale: 1, trigger: 'p3ncil' }] },
					combine: 'sweep',
					sweepFrom: 0.5,
					sweepTo: 1,
					sweepSteps: 2,
				},
			},
			{ type: 'zImageGenerate', parameters: { provider: 'fal', prompt: 'a boat' } },
		],
		credentials: credentialsFor(getSandbox()),
	});
	expect(error).toBeUndefined();
	expect(uploadsOf(getSandbox())).toHaveLength(2);
	const uploaded = expect.stringMatching(/_pencil\.safetensors$/) as string;
	expect(json).toMatchObject([
		{
			prompt: 'p3ncil, a boat',
			loras: [{ path: uploaded, scale: 0.5 }],
			loraPreset: 'binary:lora 0.5',
		},
		{
			prompt: 'p3ncil, a boat',
			loras: [{ path: uploaded, scale: 1 }],
			loraPreset: 'binary:lora 1',
		},
	]);
});

it('an item can name the file itself', async () => {
	const { error } = await generate(
		{ loras: {} },
		{ style: await keep(small, 'odd name (1)') },
		{ items: [{ loras: [{ path: 'binary:style', scale: 0.3 }] }] },
	);
	expect(error).toBeUndefined();
	expect(submitsOf(getSandbox()).map(({ body }) => body)).toMatchObject([
		{
			loras: [{ path: expect.stringMatching(/_odd_name_1_\.safetensors$/) as string, scale: 0.3 }],
		},
	]);
});

describe('Retry On Fail', () => {
	it('resumes an accepted task without uploading the file again', async () => {
		const { error, json } = await generate(
			{ prompt: 'a boat [sandbox:download=404*1]' },
			{ lora: await keep(small) },
			{ maxTries: 2 },
		);
		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ status: 'succeeded' }]);
		expect(submitsOf(getSandbox())).toHaveLength(1);
		expect(uploadsOf(getSandbox())).toHaveLength(2);
	});

	it('uploads the file again if nothing was submitted', async () => {
		const name = 'a_sandbox-initiate-403-x1.safetensors';
		const { error } = await generate({}, { lora: await keep(small, name) }, { maxTries: 2 });
		expect(error).toBeUndefined();
		expect(submitsOf(getSandbox())).toHaveLength(1);
	});
});

it('a failed upload costs nothing', async () => {
	const name = 'a_sandbox-upload-403.safetensors';
	const { error } = await generate({}, { lora: await keep(small, name) });
	expect(error?.message).toBe('A file could not be uploaded to fal: HTTP 403');
	expect(error?.description).toContain("Nothing was submitted, so you won't be charged.");
	expect(submitsOf(getSandbox())).toEqual([]);
});

it('a fallback provider receives the file, too, if it can load it', async () => {
	const { error, json, hints } = await generate(
		{
			prompt: 'a boat [sandbox:fal/no-money]',
			fallbackProviders: ['replicate', 'wavespeed'],
		},
		{ lora: await keep(small) },
	);
	expect(error).toBeUndefined();
	expect(json).toMatchObject([{ provider: 'wavespeed', status: 'succeeded' }]);
	expect(hints.map(({ message }) => message)).toContainEqual(
		expect.stringContaining("Replicate can't load a LoRA from a binary field"),
	);
});

describe('what is refused before anything is sent', () => {
	const page = Buffer.from('<!DOCTYPE html><title>Sign in</title>');
	const cut = small.subarray(0, -10);
	const hosted =
		'Nothing was sent. Upload the .safetensors file to Hugging Face and choose By ID, or choose By URL with a direct link that needs no login. Providers that load it from a binary field: fal and WaveSpeed.';
	const own =
		"Nothing was sent. The server's API has no upload for LoRAs. Copy the file to its LoRA folder (in ComfyUI: models/loras), then choose By File.";
	const download =
		'Nothing was sent. Check the node that downloads the file: the link may need a login or may open a page.';

	it.each<[string, IDataObject, Record<string, Buffer>, string, string]>([
		[
			'a page instead of the file',
			{},
			{ lora: page },
			'The LoRA file "pencil.safetensors" is not a complete .safetensors file: it\'s a web page',
			download,
		],
		[
			'a broken download',
			{},
			{ lora: cut },
			`The LoRA file "pencil.safetensors" is not a complete .safetensors file: it's cut off after ${cut.length} of ${small.length} bytes`,
			download,
		],
		[
			'an image',
			{},
			{ lora: makePicture('png', 64, 64) },
			'The LoRA file "pencil.safetensors" is not a complete .safetensors file: its header is missing',
			download,
		],
		[
			'a missing field',
			{},
			{ data: small },
			'The input item has no file in the binary field "lora" for the LoRA',
			'Nothing was sent. Its files are: data.',
		],
		[
			'an item without files',
			{},
			{},
			'The input item has no file in the binary field "lora" for the LoRA',
			'Nothing was sent. The item has no files: check the nodes before this one, or choose the LoRA By ID or By URL.',
		],
		[
			'an empty field name',
			{ loras: fromField(' ') },
			{ lora: small },
			'LoRA 1 must have a path (got {"path":{"__rl":true,"mode":"binary","value":" "},"scale":0.8})',
			expect.any(String) as string,
		],
		...(['Replicate', 'Novita', 'Highway API', 'AI/ML API'] as const).map(
			(name): [string, IDataObject, Record<string, Buffer>, string, string] => [
				name,
				{ provider: name === 'Highway API' ? 'highway' : name.toLowerCase().replace(/\W/g, '') },
				{ lora: small },
				`${name} can't load a LoRA from a binary field`,
				hosted,
			],
		),
		[
			'ComfyUI',
			{ provider: 'comfyui' },
			{ lora: small },
			"ComfyUI can't receive LoRA files from a binary field",
			own,
		],
		[
			'stable-diffusion.cpp',
			{ provider: 'sdcpp' },
			{ lora: small },
			"stable-diffusion.cpp can't receive LoRA files from a binary field",
			own,
		],
	])('%s', async (_, parameters, files, message, description) => {
		const stored = Object.entries(files).map(async ([name, bytes]) => [name, await keep(bytes)]);
		const binary = Object.fromEntries(await Promise.all(stored)) as IBinaryKeyData;
		const { error } = await generate(parameters, binary);
		expect(error?.message).toBe(message);
		expect(error?.description).toEqual(description);
		expect(getSandbox().requests).toEqual([]);
	});

	it('one bad file among several items: none is uploaded', async () => {
		const files = [{ lora: await keep(small) }, { lora: await keep(page) }];
		const { error } = await generate({}, files, { items: [{}, {}] });
		expect(error?.message).toContain("it's a web page");
		expect(getSandbox().requests).toEqual([]);
	});
});
