import { type Rig, sitDown } from './rig';
import { openNew } from './workflows';

const GENERATE = 'Z-Image Generate';
const GET_TASK_RESULT = 'Z-Image Get Task Result';
const APPLY_LORA_PRESET = 'Z-Image Apply LoRA Preset';
const TRAIN_LORA = 'Z-Image Train LoRA';
const TRIGGER = 'Z-Image Trigger';

/** What a person types, and the nodes that must appear. */
const SEARCHES: ReadonlyArray<readonly [string, readonly string[]]> = [
	['z-image', [GENERATE, GET_TASK_RESULT, APPLY_LORA_PRESET, TRAIN_LORA, TRIGGER]],
	['z image', [GENERATE, GET_TASK_RESULT, APPLY_LORA_PRESET, TRAIN_LORA, TRIGGER]],
	['image generation', [GENERATE, GET_TASK_RESULT, APPLY_LORA_PRESET]],
	['generate image', [GENERATE]],
	['text to image', [GENERATE]],
	['image to image', [GENERATE]],
	['inpaint', [GENERATE]],
	['controlnet', [GENERATE]],
	['lora', [GENERATE, APPLY_LORA_PRESET, TRAIN_LORA]],
	['train', [TRAIN_LORA]],
	['fine-tune', [TRAIN_LORA]],
	['fal', [GENERATE, GET_TASK_RESULT]],
	['novita', [GENERATE, GET_TASK_RESULT]],
	['highway', [GENERATE, GET_TASK_RESULT]],
	['aiml', [GENERATE]],
	['AI/ML API', [GENERATE]],
	['finished task', [TRIGGER]],
	['style', [APPLY_LORA_PRESET]],
];
const PICTURED = ['z-image', 'image generation', 'lora', 'fal', 'novita'];
const FOUND_WITHIN_MS = 3_000;

let rig: Rig;
beforeAll(async () => {
	rig = await sitDown();
	await openNew(rig);
});
afterAll(async () => await rig?.close());

describe('the node creator', () => {
	beforeAll(async () => await rig.editor.creator.open());

	it.each(SEARCHES)('finds for "%s": %j', async (text, nodes) => {
		const { creator } = rig.editor;
		await creator.searchInVain();
		await creator.search(text);
		for (const node of nodes) {
			const entry = creator.names.getByText(node, { exact: true }).first();
			await entry.waitFor({ timeout: FOUND_WITHIN_MS });
		}
		if (PICTURED.includes(text)) await rig.album.take(`01-search-${text.replace(' ', '-')}`);
	});
});

describe.each([
	[GENERATE, 'Generate an image from text', 'fal: Text to Image'],
	[GET_TASK_RESULT, 'Check a task once', 'fal: Check Once'],
	[APPLY_LORA_PRESET, 'Create one item per LoRA', 'Variations'],
	[TRAIN_LORA, undefined, 'fal: about $0.85, 1000 steps'],
	[TRIGGER, undefined, 'fal'],
])('%s', (name, action, subtitle) => {
	it('is added to the workflow and opened', async () => {
		const { editor, album } = rig;
		const picture = `02-${name.replaceAll(' ', '-')}`;
		await openNew(rig);
		await editor.findNode(name);
		await album.take(`${picture}-details`);
		await editor.addFoundNode(action);
		await album.take(`${picture}-added`);
		await editor.panel.close();
		await album.take(`${picture}-on-canvas`);
		expect(await editor.canvas.subtitle(name)).toBe(subtitle);
	});
});

it.each([
	[
		GENERATE,
		[
			'Generate an image from text',
			'Change an image',
			'Repaint part of an image',
			'Generate an image with ControlNet',
			'Generate a seamless tile',
		],
	],
	[GET_TASK_RESULT, ['Wait for the result of a task', 'Check a task once', 'List recent tasks']],
	[
		APPLY_LORA_PRESET,
		[
			'Stack all LoRAs on each item',
			'Create one item per LoRA',
			'Create one item per LoRA scale',
			'Pick random LoRAs for each item',
		],
	],
])('offers what %s does as actions, the most common first', async (name, actions) => {
	const { editor, album } = rig;
	await openNew(rig);
	await editor.findNode(name);
	await editor.creator.names
		.getByText(actions.at(-1) ?? '')
		.first()
		.waitFor();
	// The list of results is still moving out.
	await editor.creator.names.getByText(name, { exact: true }).waitFor({ state: 'detached' });
	await album.take(`03-${name.replaceAll(' ', '-')}-actions`);
	expect(await editor.creator.found()).toEqual(actions);
});
