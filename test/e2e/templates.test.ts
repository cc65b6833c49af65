import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import {
	type ExecutionResult,
	type OutputItem,
	type WorkflowFile,
	outputItems,
} from '../../sandbox/realN8n/executionResult';
import { readExample } from '../../sandbox/realN8n/examples';
import { halves, sha256 } from '../sandbox/images';
import { fileNameOf } from './imageFile';
import { type OutsideRig, setUpOutsideRig } from './outsideRig';
import { variant } from './workflows';

const LOOK_EVERY_MS = 100;

// Jest's value here has the type any.
const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

let rig: OutsideRig;

interface Step {
	readonly operation: string;
}

/** Sets a font wherever a node draws text. n8n's default font exists only in its Docker image. */
function withFont(workflow: WorkflowFile, id: string, font: string): WorkflowFile {
	return variant(workflow, id, (node) => {
		const { parameters } = node as {
			parameters?: { operations?: { operations: readonly Step[] } };
		};
		const steps = parameters?.operations?.operations;
		if (!steps) return {};
		const operations = steps.map((step) => (step.operation === 'text' ? { ...step, font } : step));
		return { parameters: { ...parameters, operations: { operations } } };
	});
}

/** Changes values in the node that holds the prompts and the budget. */
const withBudget = (workflow: WorkflowFile, id: string, values: object): WorkflowFile =>
	variant(workflow, id, (node) => {
		if (node.name !== 'Your prompts and budget') return {};
		const { parameters } = node as unknown as {
			parameters: { assignments: { assignments: Array<{ name: string; value: unknown }> } };
		};
		const given = new Map<string, unknown>(Object.entries(values));
		const assignments = parameters.assignments.assignments.map((field) =>
			given.has(field.name) ? { ...field, value: given.get(field.name) } : field,
		);
		return { parameters: { ...parameters, assignments: { assignments } } };
	});

/** The form under an address of its own; its second step after the training puts a style on the LoRA. */
const withStyle = (form: WorkflowFile, path: string): WorkflowFile =>
	variant(form, 'withStyle', (node) => {
		const { id, name, parameters } = node as { id?: string; name: string; parameters?: object };
		const generate = form.nodes.find((one) => one.name === 'First images');
		const changes: Readonly<Record<string, object>> = {
			'Upload images': { parameters: { ...parameters, options: { path } } },
			'First images': {
				type: 'n8n-nodes-z-image.zImageApplyLoraPreset',
				parameters: { presets: { preset: [{ name: 'pixelArt' }] } },
				credentials: {},
			},
			'All images': { ...generate, id, name },
		};
		return changes[name] ?? {};
	});

/** Without the long pauses, and with another limit if there is one. */
const weekly = (workflow: WorkflowFile, id: string, maxCostUsd?: number): WorkflowFile =>
	variant(workflow, id, (node) => {
		const { parameters } = node as { parameters?: object };
		if (node.name === 'Wait five minutes') return { parameters: { amount: 1 } };
		if (node.name !== 'Train LoRA' || maxCostUsd === undefined) return {};
		return { parameters: { ...parameters, options: { maxCostUsd } } };
	});

beforeAll(async () => {
	const read = async (name: string) => await readExample(name);
	const budget = await read('monthly-budget');
	const sheet = await read('lora-contact-sheet');
	const styles = await read('preset-variations');
	const form = await read('train-lora-form');
	const folder = await read('train-lora-weekly');
	const workflows = [
		await read('three-formats'),
		await read('product-catalog'),
		await read('sheets-to-drive'),
		await read('slack-approval'),
		await read('rss-to-wordpress'),
		await read('telegram-bot'),
		await read('content-calendar'),
		withFont(sheet, sheet.id, execFileSync('fc-match', ['-f', '%{file}'], { encoding: 'utf8' })),
		withFont(sheet, 'withoutFont', '/nowhere/font.ttf'),
		await read('repaint-form-to-email'),
		budget,
		withBudget(budget, 'smallBudget', { budgetUsd: 0.02 }),
		withBudget(budget, 'spentBudget', { budgetUsd: 0.01 }),
		withBudget(budget, 'failing', { prompts: '["a moth [sandbox:moderate]"]' }),
		variant(styles, 'withoutFolder', (node) => {
			const { parameters } = node as { parameters?: { fileName?: string } };
			const fileName = parameters?.fileName?.replace('.n8n-files/', '.n8n-files/missing/');
			return fileName === undefined ? {} : { parameters: { ...parameters, fileName } };
		}),
		form,
		withStyle(form, 'with-style'),
		weekly(folder, folder.id),
		weekly(folder, 'tooExpensive', 1),
	];
	rig = await setUpOutsideRig(workflows, { webhooks: { loopback: true, retrySeconds: 0.5 } });
});

afterAll(async () => await rig?.close());

beforeEach(() => rig.reset());

/** The provider's file for an image. */
async function providersFile({ json }: OutputItem): Promise<Buffer> {
	return Buffer.from(await (await fetch(String(json['url']))).arrayBuffer());
}

const submits = () =>
	rig.sandbox
		.requestsTo('fal')
		.filter(({ method, path }) => method === 'POST' && path.startsWith('/fal-ai/'));

/** Neither n8n nor our nodes tried to reach other hosts. */
const expectNothingSentOut = () => expect(rig.outside.proxy.refused).toEqual([]);

async function until<Value>(find: () => Promise<Value | undefined> | Value | undefined) {
	for (;;) {
		const found = await find();
		if (found !== undefined) return found;
		await sleep(LOOK_EVERY_MS);
	}
}

async function run(id: string): Promise<ExecutionResult> {
	const result = await rig.editor.runWorkflow(id);
	expect(result.data.resultData.error).toBeUndefined();
	expect(result.status).toBe('success');
	return result;
}

/** Waits for the end of a workflow execution that starts after this call. */
async function nextExecution(workflowId: string, begin: () => Promise<unknown>) {
	const before = await rig.editor.executionIds(workflowId);
	await begin();
	const id = await until(async () =>
		(await rig.editor.executionIds(workflowId)).find((each) => !before.includes(each)),
	);
	return await rig.editor.executionEnd(id);
}

/** Fills in a form in the order of its fields. A field may have several files. */
async function submitForm(
	workflowId: string,
	path: string,
	...values: ReadonlyArray<string | File | readonly File[]>
) {
	const address = `${rig.url}/form/${path}`;
	if (!(await fetch(address)).ok) await rig.editor.activate(workflowId);
	await until(async () => ((await fetch(address)).ok ? true : undefined));
	const form = new FormData();
	for (const [index, value] of values.entries()) {
		for (const one of [value].flat()) form.append(`field-${index}`, one);
	}
	const answer = await fetch(address, { method: 'POST', body: form });
	expect(answer.status).toBe(200);
}

const objectsIn = (bucket: string) =>
	[...rig.outside.s3.objects.values()].filter((object) => object.bucket === bucket);

describe('one image in three formats', () => {
	it('packs a file of each format, made with the same prompt and seed', async () => {
		const result = await run('zImageThreeFormats');

		const images = outputItems(result, 'Generate');
		expect(images.map(({ json }) => [json['width'], json['height']])).toEqual([
			[1024, 1024],
			[576, 1024],
			[1024, 576],
		]);
		expect(submits().map(({ body }) => (body as { seed: number }).seed)).toEqual([7, 7, 7]);
		const [item] = outputItems(result, 'ZIP file');
		const zip = await rig.editor.file(item?.binary?.['data']);
		const files = await Promise.all(images.map(providersFile));
		for (const [index, name] of ['square.png', 'story.png', 'banner.png'].entries()) {
			// Images are stored without compression: they can't be compressed further.
			expect(zip.includes(name)).toBe(true);
			expect(zip.includes(files[index] ?? '?')).toBe(true);
		}
	});
});

describe('a product catalog', () => {
	it('stores an image per complete row under its SKU, and the catalog with the paths', async () => {
		const csv = 'sku,name,description\nA-1,Teapot,Blue glaze.\n,No SKU,x\nB-2,Lamp,Brass.\n';
		const result = await nextExecution('zImageProductCatalog', async () => {
			const file = new File([csv], 'catalog.csv', { type: 'text/csv' });
			await submitForm('zImageProductCatalog', 'z-image-catalog', file);
		});

		expect(result.status).toBe('success');
		const images = outputItems(result, 'Generate');
		expect(images.map(({ json }) => json['sku'])).toEqual(['A-1', 'B-2']);
		expect(images[0]?.json['prompt']).toMatch(/^Product photo of Teapot\. Blue glaze\. /);
		const [first, second, catalog] = objectsIn('catalog');
		expect([first, second].map((object) => object?.key)).toEqual([
			'products/A-1.png',
			'products/B-2.png',
		]);
		for (const [index, object] of [first, second].entries()) {
			const item = images[index];
			expect(object?.contentType).toBe('image/png');
			expect(item && object?.bytes.equals(await providersFile(item))).toBe(true);
		}
		expect(catalog?.key).toBe('catalog.csv');
		expect(catalog?.bytes.toString().replace('\ufeff', '').trim().split('\n')).toEqual([
			'sku,name,description,image',
			'A-1,Teapot,Blue glaze.,products/A-1.png',
			'B-2,Lamp,Brass.,products/B-2.png',
		]);
		expect(submits()).toHaveLength(2);
	});
});

describe('from Google Sheets to Google Drive', () => {
	it('generates what has no link yet, uploads it, and writes the link into its row', async () => {
		const { rows, files } = rig.outside.google;
		rows.push(
			['Prompt', 'Link'],
			['A boat', 'https://drive.google.com/old'],
			['A bridge', ''],
			['', ''],
			['A cat', ''],
		);
		const result = await run('zImageSheetsToDrive');

		const images = outputItems(result, 'Generate');
		expect(images.map(({ json }) => json['prompt'])).toEqual(['A bridge', 'A cat']);
		expect(files).toHaveLength(2);
		for (const [index, item] of images.entries()) {
			const { bytes, ...file } = files[index] ?? { bytes: Buffer.alloc(0) };
			expect(file).toMatchObject({
				name: fileNameOf(item),
				parents: ['root'],
				contentType: 'image/png',
			});
			expect(bytes.equals(await providersFile(item))).toBe(true);
		}
		expect(rows).toEqual([
			['Prompt', 'Link'],
			['A boat', 'https://drive.google.com/old'],
			['A bridge', files[0]?.webViewLink],
			['', ''],
			['A cat', files[1]?.webViewLink],
		]);
		await run('zImageSheetsToDrive');
		expect(submits()).toHaveLength(2);
		expectNothingSentOut();
	});
});

describe('approval in Slack', () => {
	const ask = async (prompt: string, answer: string) =>
		await nextExecution('zImageSlackApproval', async () => {
			await submitForm('zImageSlackApproval', 'z-image-request', prompt);
			const message = await until(() => rig.outside.slack.messages[0]);
			expect(objectsIn('published')).toEqual([]);
			const buttons = message.blocks?.flatMap(({ elements = [] }) => elements) ?? [];
			expect(buttons.map(({ text }) => text.text)).toEqual(['Reject', 'Approve']);
			const button = buttons.find(({ text }) => text.text === answer);
			// n8n ignores programs, because they open links in messages to preview them.
			const browser = { headers: { 'user-agent': 'Mozilla/5.0 Firefox/140.0' } };
			const open = async () => await fetch(button?.url ?? '', browser);
			// The message may arrive a moment before n8n has stored that the execution waits.
			await until(async () => ((await open()).ok ? true : undefined));
		});

	it('shows the image, waits, and publishes it once it is approved', async () => {
		const result = await ask('A bakery window', 'Approve');

		expect(result.status).toBe('success');
		const [item] = outputItems(result, 'Generate');
		const bytes = item ? await providersFile(item) : Buffer.alloc(0);
		const { files, messages } = rig.outside.slack;
		expect(files).toMatchObject([{ channel: 'C0123456789', comment: 'A bakery window' }]);
		expect(files[0]?.bytes.equals(bytes)).toBe(true);
		expect(messages).toMatchObject([{ channel: 'C0123456789' }]);
		const text = messages[0]?.blocks?.map((block) => block.text?.text).join('\n');
		expect(text).toContain('A bakery window');
		const [published, ...others] = objectsIn('published');
		expect(others).toEqual([]);
		expect(published).toMatchObject({ contentType: 'image/png', key: files[0]?.name });
		expect(published?.bytes.equals(bytes)).toBe(true);
		expectNothingSentOut();
	});

	it('publishes nothing that is rejected, and says so', async () => {
		const result = await ask('A bakery at night', 'Reject');

		expect(result.status).toBe('success');
		expect(objectsIn('published')).toEqual([]);
		expect(rig.outside.slack.messages[1]).toMatchObject({
			channel: 'C0123456789',
			text: 'Not published: "A bakery at night"',
		});
		expect(submits()).toHaveLength(1);
	});
});

describe('from RSS to WordPress', () => {
	it('saves one draft with an illustration for each new article', async () => {
		const { articles, media, posts } = rig.outside.wordpress;
		const article = (number: number) => ({
			title: `Article ${number}`,
			link: `https://blog.example.com/${number}`,
			summary: `Summary ${number} & more`,
		});
		articles.push(...[5, 4, 3, 2].map(article));
		const result = await run('zImageRssToWordPress');

		const images = outputItems(result, 'Generate');
		expect(images.map(({ json }) => json['title'])).toEqual([
			'Article 5',
			'Article 4',
			'Article 3',
		]);
		expect([media.length, posts.length]).toEqual([3, 3]);
		// n8n sends the requests of all items at once, so they arrive in any order.
		for (const item of images) {
			const { title, link } = item.json;
			const post = posts.find((each) => each['title'] === title);
			expect(post).toMatchObject({ status: 'draft' });
			const summary = `Summary ${String(title).split(' ')[1]} & more`;
			expect(post?.['content']).toBe(
				`<p>${summary}</p><p><a href="${String(link)}">Source</a></p>`,
			);
			const file = media.find(({ id }) => id === post?.['featured_media']);
			expect(file).toMatchObject({
				contentType: 'image/png',
				fileName: fileNameOf(item),
			});
			expect(file?.bytes.equals(await providersFile(item))).toBe(true);
		}

		articles.unshift(article(6));
		await run('zImageRssToWordPress');
		expect(posts.map(({ title }) => title).slice(3)).toEqual(['Article 6']);
		expect(submits()).toHaveLength(4);
		expectNothingSentOut();
	});
});

describe('a Telegram bot', () => {
	const CHAT = 4711;

	const deliver = async (messageId: number, text: string) =>
		await nextExecution('zImageTelegramBot', async () => {
			expect(await rig.outside.telegram.deliver(CHAT, messageId, text)).toBe(200);
		});

	beforeAll(async () => {
		await rig.editor.activate('zImageTelegramBot');
		const { url } = await until(() => rig.outside.telegram.webhook());
		await until(async () =>
			(await fetch(url, { method: 'POST' })).status !== 404 ? true : undefined,
		);
	});

	it('replies to a message with its image', async () => {
		const result = await deliver(7, 'a red fox');

		expect(result.status).toBe('success');
		const [item] = outputItems(result, 'Generate');
		expect(item?.json['prompt']).toBe('a red fox');
		const [message, ...others] = rig.outside.telegram.messages;
		expect(others).toEqual([]);
		expect(message?.fields).toMatchObject({ chat_id: `${CHAT}`, reply_to_message_id: '7' });
		expect(item && message?.photo?.bytes.equals(await providersFile(item))).toBe(true);
	});

	it('replies with the reason if there is no image', async () => {
		await deliver(8, 'a moth [sandbox:fail=out of paint]');

		expect(rig.outside.telegram.messages).toEqual([
			{
				fields: expect.objectContaining({
					chat_id: CHAT,
					text: matching(/^fal could not make the image: out of paint/),
					reply_to_message_id: 8,
				}) as unknown,
			},
		]);
	});

	it('generates nothing for a command', async () => {
		await deliver(9, '/start');
		expect(rig.outside.telegram.messages).toEqual([]);
		expect(submits()).toEqual([]);
	});
});

describe('a content calendar', () => {
	/** In n8n's default time zone. */
	const today = new Intl.DateTimeFormat('sv-SE', {
		timeZone: 'America/New_York',
		dateStyle: 'short',
	}).format(new Date());

	it("posts today's topics with the model's caption, and marks them as done", async () => {
		const plan = { caption: 'Lemons, finally!', imagePrompt: 'A crate of lemons' };
		const { rows } = rig.outside.google;
		rows.push(
			['Date', 'Topic', 'Status'],
			[today, 'Done already', 'posted'],
			[today, `Lemons are in [say ${JSON.stringify({ output: plan })}]`, ''],
			['2020-01-01', 'Long ago', ''],
		);
		const result = await run('zImageContentCalendar');

		expect(rig.outside.openai.turns).toHaveLength(1);
		const [item] = outputItems(result, 'Generate');
		expect(submits().map(({ body }) => (body as { prompt: string }).prompt)).toEqual([
			plan.imagePrompt,
		]);
		const [message] = rig.outside.telegram.messages;
		expect(message?.fields).toMatchObject({ chat_id: '@your_channel', caption: plan.caption });
		expect(item && message?.photo?.bytes.equals(await providersFile(item))).toBe(true);
		expect(rows.map(([, , status]) => status)).toEqual(['Status', 'posted', 'posted', '']);

		await run('zImageContentCalendar');
		expect(submits()).toHaveLength(1);
		expectNothingSentOut();
	});

	it('spends nothing on an image if the model returns something else', async () => {
		rig.outside.google.rows.push(['Date', 'Topic', 'Status'], [today, 'Lemons [say Sorry.]', '']);
		const result = await rig.editor.runWorkflow('zImageContentCalendar');

		expect(result.status).toBe('error');
		expect(result.data.resultData.lastNodeExecuted).toBe('Write caption and prompt');
		expect(submits()).toEqual([]);
	});
});

describe('a contact sheet', () => {
	it('has every LoRA at every scale, each image in its place, with its label', async () => {
		const result = await run('zImageLoraContactSheet');

		const images = outputItems(result, 'Generate');
		const labels = ['childrensDrawings', 'pixelArt'].flatMap((name) =>
			[0.4, 0.7, 1].map((scale) => `${name} ${scale}`),
		);
		expect(images.map(({ json }) => json['loraPreset'])).toEqual(labels);
		expect(submits().map(({ body }) => (body as { seed: number }).seed)).toEqual(
			labels.map(() => 7),
		);
		const [item] = outputItems(result, 'Contact sheet');
		const sheet = await loadImage(await rig.editor.file(item?.binary?.['sheet']));
		expect(sheet).toMatchObject({ width: 1040, height: 800 });
		const pixelsOf = (image: typeof sheet, x: number, y: number, width: number, height: number) => {
			const canvas = createCanvas(320, 320).getContext('2d');
			canvas.drawImage(image, x, y, width, height, 0, 0, 320, 320);
			return canvas.getImageData(0, 0, 320, 320).data;
		};
		const difference = (a: Uint8ClampedArray, b: Uint8ClampedArray) =>
			a.reduce((sum, value, index) => sum + Math.abs(value - (b[index] ?? 0)), 0) / a.length;
		for (const [index, image] of images.entries()) {
			const [x, y] = [20 + (index % 3) * 340, 60 + Math.floor(index / 3) * 370];
			const inSheet = pixelsOf(sheet, x, y, 320, 320);
			const own = await loadImage(await providersFile(image));
			expect(difference(inSheet, pixelsOf(own, 0, 0, own.width, own.height))).toBeLessThan(6);
			// The label below the image, which is partly black on white.
			const label = pixelsOf(sheet, x, y + 322, 320, 28);
			expect(Math.min(...label.filter((_, at) => at % 4 === 0))).toBeLessThan(100);
		}
	});

	it("spends nothing if the font doesn't exist", async () => {
		const result = await rig.editor.runWorkflow('withoutFont');

		expect(result.status).toBe('error');
		expect(result.data.resultData.lastNodeExecuted).toBe('Draw the sheet');
		expect(submits()).toEqual([]);
	});
});

describe('repainting part of a photo', () => {
	it.each([
		['Center', [200, 100, 599, 299]],
		['Right half', [400, 0, 799, 399]],
	] as const)('%s: draws its mask, repaints the area, and sends the result', async (part, area) => {
		const canvas = createCanvas(800, 400);
		canvas.getContext('2d').fillRect(10, 10, 100, 100);
		const photo = new File([new Uint8Array(canvas.toBuffer('image/jpeg'))], 'room.jpg', {
			type: 'image/jpeg',
		});
		const result = await nextExecution('zImageRepaintFormToEmail', async () => {
			const fields = [photo, part, 'a green armchair', 'reader@example.com'];
			await submitForm('zImageRepaintFormToEmail', 'z-image-repaint', ...fields);
		});

		expect(result.data.resultData.error).toBeUndefined();
		expect(submits().map(({ path }) => path)).toEqual(['/fal-ai/z-image/turbo/inpaint']);
		const [drawn] = outputItems(result, 'Draw the mask');
		const mask = await loadImage(await rig.editor.file(drawn?.binary?.['mask']));
		expect(mask).toMatchObject({ width: 800, height: 400 });
		const maskCanvas = createCanvas(800, 400).getContext('2d');
		maskCanvas.drawImage(mask, 0, 0);
		const isWhite = (x: number, y: number) =>
			(maskCanvas.getImageData(x, y, 1, 1).data[0] ?? 0) > 250;
		const [left, top, right, bottom] = area;
		expect([isWhite(left, top), isWhite(right, bottom)]).toEqual([true, true]);
		expect(left > 0 && isWhite(left - 1, bottom)).toBe(false);
		expect(right < 799 && isWhite(right + 1, bottom)).toBe(false);
		const [item] = outputItems(result, 'Repaint');
		expect(item?.json).toMatchObject({ prompt: 'a green armchair', width: 800, height: 400 });

		const [mail, ...others] = rig.outside.smtp.mails;
		expect(others).toEqual([]);
		expect(mail).toMatchObject({
			sender: 'images@example.com',
			recipients: ['reader@example.com'],
			subject: 'Your repainted photo',
		});
		expect(mail?.attachments.map(({ contentType }) => contentType)).toEqual(['image/png']);
		const bytes = mail?.attachments[0]?.content;
		expect(item && bytes?.equals(await providersFile(item))).toBe(true);
	});
});

describe('a monthly budget', () => {
	const COST = 0.005 * 1.048576;

	it('records the cost of images, and stops before the budget is exceeded', async () => {
		const first = await run('zImageMonthlyBudget');
		const recorded = outputItems(first, 'Record the cost').map(({ json }) => json);
		expect(recorded).toHaveLength(2);
		for (const [index, { json }] of outputItems(first, 'Generate').entries()) {
			expect(json['estimatedCostUsd']).toBeCloseTo(COST, 9);
			expect(recorded[index]).toMatchObject({
				month: matching(/^\d{4}-\d\d$/),
				costUsd: json['estimatedCostUsd'],
				taskId: json['taskId'],
				prompt: json['prompt'],
			});
		}

		// Two images were charged. Of the next two, one fits into 0.02 USD.
		const second = await rig.editor.runWorkflow('smallBudget');
		expect(outputItems(second, 'Generate')).toHaveLength(1);
		expect(outputItems(second, 'Generate', 1).map(({ json }) => json['details'])).toMatchObject([
			{ charged: 'no', errorKind: 'budget' },
		]);
		expect(outputItems(second, 'Record the possible cost')).toEqual([]);
		expect(second).toMatchObject({
			status: 'error',
			data: { resultData: { lastNodeExecuted: 'What failed' } },
		});
		expect(submits()).toHaveLength(3);

		const third = await rig.editor.runWorkflow('spentBudget');
		expect(third).toMatchObject({
			status: 'error',
			data: { resultData: { lastNodeExecuted: 'Budget used up' } },
		});
		expect(submits()).toHaveLength(3);
	});

	it('counts a failed task that may have been charged, and ends with its reason', async () => {
		const result = await rig.editor.runWorkflow('failing');

		expect(result).toMatchObject({
			status: 'error',
			data: { resultData: { error: { message: matching(/^fal could not make/) } } },
		});
		expect(outputItems(result, 'Record the possible cost').map(({ json }) => json)).toMatchObject([
			{ costUsd: expect.closeTo(COST, 9) as unknown, taskId: matching(/./) },
		]);
	});
});

/** One image of a color. */
const photo = (color: string) => halves(64, 64, color);

describe('a LoRA of uploaded images', () => {
	const PROMPT = 'a ceramic mug on a desk';
	const colors = ['teal', 'navy', 'olive'].map(photo);

	const upload = async (
		files: readonly Buffer[],
		{ trigger = 'ohwx', to = 'reader@example.com', id = 'zImageTrainLoraForm' } = {},
	) =>
		await nextExecution(id, async () => {
			const images = files.map(
				(bytes) => new File([new Uint8Array(bytes)], 'mug.png', { type: 'image/png' }),
			);
			const path = id === 'withStyle' ? 'with-style' : 'z-image-lora';
			await submitForm(id, path, images, trigger, 'a ceramic mug', PROMPT, to);
		});

	const subjects = () => rig.outside.smtp.mails.map(({ subject }) => subject);

	it('trains while n8n sleeps, and sends the LoRA and its first images', async () => {
		const result = await upload(colors);

		expect(result.data.resultData.error).toBeUndefined();
		// n8n takes the files of a form in any order.
		const [{ images = [] } = {}] = rig.sandbox.trainingSets;
		expect(images.map((image) => image.sha256).sort()).toEqual(colors.map(sha256).sort());
		expect(new Set(images.map(({ caption }) => caption))).toEqual(new Set(['ohwx, a ceramic mug']));
		expect(rig.sandbox.webhooks.map(({ outcome }) => outcome)).toContain(200);
		const [lora, ...others] = outputItems(result, 'Check the training');
		expect(others).toEqual([]);
		const url = String(lora?.json['url']);
		expect(submits()).toMatchObject([
			{ path: '/fal-ai/z-image-turbo-trainer-v2', body: { steps: 1000 } },
			{ body: { prompt: `ohwx, ${PROMPT}`, num_images: 4, loras: [{ path: url, scale: 1 }] } },
		]);
		expect(subjects()).toEqual([
			'Your images have arrived',
			'Your LoRA "ohwx" is ready',
			'First images of your LoRA "ohwx"',
		]);
		const [arrived, ready, first] = rig.outside.smtp.mails;
		expect(arrived?.text).toMatch(/^We received 3 images for the trigger word "ohwx"\./);
		expect(ready?.text).toContain(`LoRA: ${url}\n`);
		expect(first?.recipients).toEqual(['reader@example.com']);
		const files = await Promise.all(outputItems(result, 'First images').map(providersFile));
		expect(files).toHaveLength(4);
		expect(first?.attachments.map(({ content }) => sha256(content))).toEqual(files.map(sha256));
		expectNothingSentOut();
	});

	it('takes the LoRA through Apply LoRA Preset to Generate, with both trigger words', async () => {
		const result = await upload(colors, { id: 'withStyle' });

		expect(result.data.resultData.error).toBeUndefined();
		const [lora] = outputItems(result, 'Check the training');
		const [, generation] = submits();
		expect(generation?.body).toMatchObject({
			prompt: matching(/ohwx.*a ceramic mug on a desk/),
			loras: [
				{ path: lora?.json['url'], scale: 1 },
				{ path: matching(/pixel/i), scale: expect.any(Number) as unknown },
			],
		});
	});

	it.each([
		['no image', [...colors, Buffer.from('no image')], {}, /is not a PNG, JPEG or WebP image/, 0],
		['a training that fails', colors, { trigger: 'ohwx [sandbox:bad-zip]' }, /could not train/, 1],
	] as const)('%s: the sender gets the reason', async (_, files, options, reason, accepted) => {
		const result = await upload(files, options);

		expect(result.status).toBe('success');
		expect(subjects()).toEqual(['Your images have arrived', 'Your LoRA could not be finished']);
		expect(rig.outside.smtp.mails[1]?.text).toMatch(reason);
		expect(rig.sandbox.accepted).toHaveLength(accepted);
	});

	it('sends nothing to the provider when no mail can be sent', async () => {
		const result = await upload(colors, { to: '' });

		expect(result.status).toBe('error');
		expect(result.data.resultData.lastNodeExecuted).toBe('Confirm by e-mail');
		expect(rig.sandbox.requests).toEqual([]);
	});
});

describe('a LoRA of the images in a folder', () => {
	const add = async (name: string, color: string) => {
		const folder = join(rig.filesFolder, 'training');
		await mkdir(folder, { recursive: true });
		await writeFile(join(folder, name), photo(color));
	};
	const captions = () =>
		rig.sandbox.trainingSets.map(({ images }) => images.map(({ caption }) => caption).sort());

	it('spends nothing without images, or above the maximum cost', async () => {
		const empty = await rig.editor.runWorkflow('zImageTrainLoraWeekly');
		expect(empty.data.resultData).toMatchObject({
			lastNodeExecuted: 'Read the images',
			error: { message: 'No file(s) found' },
		});
		await add('mug-on-a-shelf.png', 'teal');
		const expensive = await rig.editor.runWorkflow('tooExpensive');
		expect(expensive.data.resultData).toMatchObject({
			lastNodeExecuted: 'Train LoRA',
			error: { message: matching(/^Max Cost \(USD\) is 1, but .* 1\.25 USD/) },
		});
		expect(rig.sandbox.requests).toEqual([]);
	});

	it('keeps the weights, and trains again on all images once there is a new one', async () => {
		await add('mug-on-a-shelf.png', 'teal');
		await add('mug_in_the_rain.png', 'navy');
		const first = await run('zImageTrainLoraWeekly');

		expect(captions()).toEqual([['ohwx, mug in the rain', 'ohwx, mug on a shelf']]);
		const [saved, ...others] = outputItems(first, 'Save the weights');
		expect(others).toEqual([]);
		expect(saved?.json).toMatchObject({
			provider: 'wavespeed',
			trigger: 'ohwx',
			steps: 1000,
			estimatedCostUsd: 1.25,
			expiresAt: matching(/^\d{4}-/),
			fileName: matching(/\/?ohwx-\d{4}-\d\d-\d\d-\d{4}\.safetensors$/),
		});
		const bytes = saved && (await readFile(rig.savedFile(saved)));
		expect(saved && bytes?.equals(await providersFile(saved))).toBe(true);

		await run('zImageTrainLoraWeekly');
		expect(rig.sandbox.accepted).toHaveLength(1);

		await add('mug-in-the-snow.png', 'white');
		await run('zImageTrainLoraWeekly');
		expect(captions()[1]).toHaveLength(3);
		expect(rig.sandbox.accepted).toHaveLength(2);
	});
});

it('a missing folder stops a run before anything is charged', async () => {
	const result = await rig.editor.runWorkflow('withoutFolder');

	expect(result.status).toBe('error');
	expect(result.data.resultData.lastNodeExecuted).toBe('Check the folder');
	expect(submits()).toEqual([]);
});
