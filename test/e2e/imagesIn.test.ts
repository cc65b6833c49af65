import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EditorApi } from '../../sandbox/realN8n/editorApi';
import { readExample } from '../../sandbox/realN8n/examples';
import { type OutputItem, outputItems } from '../../sandbox/realN8n/executionResult';
import { ownerLogin } from '../../sandbox/realN8n/login';
import { freePort } from '../../sandbox/realN8n/ports';
import type { N8nServer } from '../../sandbox/realN8n/server';
import { readImageFile } from './imageFile';
import { type Rig, setUpRig } from './rig';

const SAVE = 'Save image to disk';

// What jest gives here is of type any.
const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

let rig: Rig;

beforeAll(async () => {
	const names = ['image-to-image', 'inpaint', 'preset-variations'];
	rig = await setUpRig(await Promise.all(names.map(readExample)));
});

afterAll(async () => await rig?.close());

beforeEach(() => rig.sandbox.reset());

const submits = () =>
	rig.sandbox
		.requestsTo('fal')
		.filter(({ method, path }) => method === 'POST' && path.startsWith('/fal-ai/'));

const fileOf = ({ json }: OutputItem) => join(rig.filesFolder, basename(String(json['fileName'])));

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

it('inpaint: repaints the picture of one node behind the mask of another', async () => {
	const result = await rig.n8n.execute('zImageInpaint');

	expect(result).toMatchObject({ exitCode: 0, status: 'success' });
	const saved = outputItems(result, SAVE);
	expect(saved).toHaveLength(1);
	for (const item of saved) {
		expect(item.json).toMatchObject({ model: 'fal-ai/z-image/turbo/inpaint', width: 1024 });
		expect(await readImageFile(fileOf(item))).toMatchObject({ width: 1024, height: 1024 });
	}
	expect(submits().map(({ path }) => path)).toEqual([
		'/fal-ai/z-image/turbo',
		'/fal-ai/z-image/turbo/inpaint',
	]);
	const [picture, mask] = rig.sandbox.inputImages;
	// The picture is too large to go along with the request, the mask is not.
	expect(picture).toMatchObject({ field: 'image_url', from: 'url', width: 1024, height: 1024 });
	expect(mask).toMatchObject({ field: 'mask_image_url', from: 'data', width: 1024, height: 1024 });
	for (const upload of rig.sandbox.requestsTo('files').filter(({ method }) => method === 'PUT')) {
		expect(upload.headers).not.toHaveProperty('authorization');
	}
});

it('preset variations: every prompt in every style, labelled, below the maximum cost', async () => {
	const result = await rig.n8n.execute('zImagePresetVariations');

	expect(result).toMatchObject({ exitCode: 0, status: 'success' });
	const styles = ['childrensDrawings', 'classicPainting', 'pencilSketch', 'pixelArt'];
	const saved = outputItems(result, SAVE);
	expect(saved.map(({ json }) => json['loraPreset'])).toEqual([...styles, ...styles]);
	const costs = saved.map(({ json }) => Number(json['estimatedCostUsd']));
	expect(costs.reduce((sum, cost) => sum + cost)).toBeCloseTo(8 * 0.0085 * 1.048576, 9);
	for (const item of saved) expect(await readImageFile(fileOf(item))).toBeDefined();
	expect(submits()).toHaveLength(8);
});

it('scale sweep: the same prompt and seed with every scale', async () => {
	const result = await rig.n8n.execute('zImageScaleSweep');

	expect(result).toMatchObject({ exitCode: 0, status: 'success' });
	const scales = [0.4, 0.6, 0.8, 1];
	const saved = outputItems(result, SAVE);
	expect(saved.map(({ json }) => json['loraPreset'])).toEqual(
		scales.map((scale) => `childrensDrawings ${scale}`),
	);
	expect(saved.map(({ json }) => json['seed'])).toEqual([7, 7, 7, 7]);
	expect(
		submits()
			.map(({ body }) => (body as { loras: Array<{ scale: number }> }).loras[0]?.scale)
			.sort(),
	).toEqual(scales);
	const pictures = await Promise.all(
		saved.map(async (item) => sha256(await readFile(fileOf(item)))),
	);
	expect(new Set(pictures).size).toBe(4);
});

describe('image to image, with a photo from a form', () => {
	let server: N8nServer;
	let editor: EditorApi;

	beforeAll(async () => {
		server = await rig.n8n.start(await freePort());
		editor = new EditorApi(server.url);
		await editor.logIn(await ownerLogin(rig.userFolder));
	});
	afterAll(async () => await server?.stop());

	it('changes the photo that somebody uploads', async () => {
		const [first] = outputItems(await rig.n8n.execute('zImageScaleSweep'), SAVE);
		const photo = await readFile(first ? fileOf(first) : '');
		rig.sandbox.reset();
		await editor.activate('zImageImageToImage');
		const address = `${server.url}/form/z-image-photo`;
		while (!(await fetch(address)).ok) await sleep(250);

		const form = new FormData();
		form.append('field-0', new Blob([new Uint8Array(photo)], { type: 'image/png' }), 'street.png');
		form.append('field-1', 'the same street in deep snow');
		expect((await fetch(address, { method: 'POST', body: form })).status).toBe(200);
		let id: string | undefined;
		while ((id = (await editor.executionIds('zImageImageToImage'))[0]) === undefined)
			await sleep(250);
		const result = await editor.executionEnd(id);

		expect(result.status).toBe('success');
		expect(outputItems(result, SAVE)[0]?.json).toMatchObject({
			model: 'fal-ai/z-image/turbo/image-to-image',
			prompt: 'the same street in deep snow',
			fileName: matching(/changed-/),
		});
		expect(submits().map(({ body }) => body)).toEqual([
			{
				prompt: 'the same street in deep snow',
				image_size: 'auto',
				num_images: 1,
				strength: 0.6,
				image_url: matching(/^http:.*/),
			},
		]);
		expect(rig.sandbox.inputImages).toEqual([
			expect.objectContaining({ bytes: photo.length, sha256: sha256(photo) }),
		]);
	});
});
