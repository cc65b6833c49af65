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
import { fileNameOf, readImageFile } from './imageFile';
import { type Rig, setUpRig } from './rig';

const SAVE = 'Save image to disk';

// Jest's value here has the type any.
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

it("inpaint: repaints one node's image behind another node's mask", async () => {
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
	// The image is too large to send inline. The mask isn't.
	expect(picture).toMatchObject({ field: 'image_url', from: 'url', width: 1024, height: 1024 });
	expect(mask).toMatchObject({ field: 'mask_image_url', from: 'data', width: 1024, height: 1024 });
	for (const upload of rig.sandbox.requestsTo('files').filter(({ method }) => method === 'PUT')) {
		expect(upload.headers).not.toHaveProperty('authorization');
	}
});

it('preset variations: every prompt in every style, labeled, below the maximum cost', async () => {
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

/** A file that an n8n page downloads. */
interface PageFile {
	readonly type: string;
	readonly fileName: string;
	readonly data: { readonly data: readonly number[] };
}

function filesOn(page: string): readonly PageFile[] {
	const [, files = ''] = /const binaries = "([^"]+)"/.exec(page) ?? [];
	return JSON.parse(decodeURIComponent(files)) as PageFile[];
}

/** Acts like the page of a form: waits for the last page, opens it, and reports it. */
async function completionPage(formWaitingUrl: string): Promise<string> {
	const { origin, pathname, search } = new URL(formWaitingUrl);
	const status = async () =>
		await (await fetch(`${origin}${pathname}/n8n-execution-status${search}`)).text();
	while ((await status()) !== 'form-waiting') await sleep(250);
	const page = await (await fetch(formWaitingUrl)).text();
	await fetch(formWaitingUrl, { method: 'POST' });
	return page;
}

describe('image to image, with a photo from a form', () => {
	let server: N8nServer;
	let editor: EditorApi;

	beforeAll(async () => {
		server = await rig.n8n.start(await freePort());
		editor = new EditorApi(server.url);
		await editor.logIn(await ownerLogin(rig.userFolder));
	});
	afterAll(async () => await server?.stop());

	it('changes the uploaded photo', async () => {
		const [first] = outputItems(await rig.n8n.execute('zImageInpaint'), SAVE);
		const photo = await readFile(first ? fileOf(first) : '');
		rig.sandbox.reset();
		await editor.activate('zImageImageToImage');
		const address = `${server.url}/form/z-image-photo`;
		while (!(await fetch(address)).ok) await sleep(250);

		const form = new FormData();
		form.append('field-0', new Blob([new Uint8Array(photo)], { type: 'image/png' }), 'street.png');
		form.append('field-1', 'the same street in deep snow');
		const answer = await fetch(address, { method: 'POST', body: form });
		const { formWaitingUrl } = (await answer.json()) as { formWaitingUrl: string };
		const page = await completionPage(formWaitingUrl);
		const [id = ''] = await editor.executionIds('zImageImageToImage');
		const result = await editor.executionEnd(id);

		expect(result.status).toBe('success');
		const [item] = outputItems(result, 'Change the photo');
		expect(item?.json).toMatchObject({
			model: 'fal-ai/z-image/turbo/image-to-image',
			prompt: 'the same street in deep snow',
		});
		const [file] = filesOn(page);
		expect(file).toMatchObject({
			type: 'image/png',
			fileName: fileNameOf(item),
		});
		const bytes = await (await fetch(String(item?.json['url']))).arrayBuffer();
		expect(Buffer.from(file?.data.data ?? []).equals(Buffer.from(bytes))).toBe(true);
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
