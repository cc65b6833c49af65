import type { Provider } from '../../nodes/ZImage/providers/provider';
import { operationNames, providers } from '../../nodes/ZImage/providers/registry';
import { type Rig, sitDown } from './rig';
import { openWith } from './workflows';

/** From README.md and docs/api-coverage.md. */
const ALWAYS_OPTIONS = [
	'Add Trigger Words',
	'File Name',
	'Hugging Face URL',
	'Include Input Fields',
	'Max Concurrency',
	'Mode',
	'Number of Images',
	'Put Output File in Field',
	'Seed',
	'Timeout (Seconds)',
	'Use LoRAs From Input',
];
const IN_FRONT = ['Provider', 'Operation'];
const BEHIND = ['LoRAs', 'Fallback Providers', 'Options'];
const MAX_COST = 'Max Cost (USD)';
const FAL_OPTIONS = [
	'Acceleration',
	'Enable Prompt Expansion',
	'Enable Safety Checker',
	'Output Format',
	'Steps',
];
const COMFYUI_OPTIONS = [
	'Diffusion Model',
	'Steps',
	'Text Encoder',
	'VAE',
	'Workflow (API Format)',
];
const CONTROL_OPTIONS = ['Control End', 'Control Scale', 'Control Start'];
const TILING_OPTIONS = ['Tile Size', 'Tile Stride', 'Tiling Mode'];

/** The choices are made one after another in one open node, in the order of this table. */
interface Combination {
	readonly provider: string;
	readonly operation: string;
	/** Other choices, by parameter. */
	readonly choices?: Readonly<Record<string, string>>;
	/** What is between the operation and the LoRAs. */
	readonly parameters: readonly string[];
	readonly options: readonly string[];
}

const COMBINATIONS: readonly Combination[] = [
	{
		provider: 'fal',
		operation: 'Text to Image',
		parameters: ['Prompt', 'Size'],
		options: ['Model', MAX_COST, ...FAL_OPTIONS],
	},
	{
		provider: 'fal',
		operation: 'Text to Image',
		choices: { size: 'Custom' },
		parameters: ['Prompt', 'Size', 'Width', 'Height'],
		options: ['Model', MAX_COST, ...FAL_OPTIONS],
	},
	{
		provider: 'fal',
		operation: 'Image to Image',
		choices: { imageSource: 'Binary File', outputSize: 'Automatic' },
		parameters: ['Prompt', 'Image Source', 'Image Field', 'Output Size'],
		options: [MAX_COST, ...FAL_OPTIONS, 'Strength'],
	},
	{
		provider: 'fal',
		operation: 'Inpaint',
		choices: { imageSource: 'Binary File', maskSource: 'Binary File' },
		parameters: [
			'Prompt',
			'Image Source',
			'Image Field',
			'Mask Source',
			'Mask Field',
			'Output Size',
		],
		options: [MAX_COST, ...FAL_OPTIONS, 'Strength', ...CONTROL_OPTIONS],
	},
	{
		provider: 'fal',
		operation: 'ControlNet',
		choices: { imageSource: 'URL', outputSize: 'Custom' },
		parameters: [
			'Prompt',
			'Image Source',
			'Image URL',
			'Preprocess',
			'Output Size',
			'Width',
			'Height',
		],
		options: [MAX_COST, ...FAL_OPTIONS, ...CONTROL_OPTIONS],
	},
	{
		provider: 'fal',
		operation: 'Seamless Tiling',
		choices: { imageSource: 'None', outputSize: 'Automatic' },
		parameters: ['Prompt', 'Image Source', 'Output Size'],
		options: [MAX_COST, ...FAL_OPTIONS, 'Strength', ...TILING_OPTIONS],
	},
	{
		provider: 'fal',
		operation: 'Seamless Tiling',
		choices: { imageSource: 'Binary File', maskSource: 'URL' },
		parameters: ['Prompt', 'Image Source', 'Image Field', 'Mask Source', 'Mask URL', 'Output Size'],
		options: [MAX_COST, ...FAL_OPTIONS, 'Strength', ...TILING_OPTIONS],
	},
	{
		provider: 'Novita',
		operation: 'Text to Image',
		choices: { size: 'Square (1024x1024)' },
		parameters: ['Prompt', 'Size'],
		options: [],
	},
	{
		provider: 'Highway API',
		operation: 'Text to Image',
		parameters: ['Prompt', 'Size'],
		options: ['Output Format'],
	},
	{
		provider: 'Highway API',
		operation: 'Image to Image',
		choices: { imageSource: 'Binary File' },
		parameters: ['Prompt', 'Image Source', 'Image Field', 'Output Size'],
		options: ['Output Format', 'Strength'],
	},
	{
		provider: 'Highway API',
		operation: 'Inpaint',
		choices: { maskSource: 'Binary File' },
		parameters: [
			'Prompt',
			'Image Source',
			'Image Field',
			'Mask Source',
			'Mask Field',
			'Output Size',
		],
		options: ['Output Format', 'Strength'],
	},
	{
		provider: 'WaveSpeed',
		operation: 'Text to Image',
		choices: { size: 'Square (1024x1024)' },
		parameters: ['Prompt', 'Size'],
		options: ['Model', MAX_COST, 'Output Format'],
	},
	{
		provider: 'Replicate',
		operation: 'Text to Image',
		parameters: ['Prompt', 'Size'],
		options: ['Guidance Scale', 'Model', 'Output Format', 'Output Quality', 'Steps'],
	},
	{
		provider: 'ComfyUI',
		operation: 'Text to Image',
		parameters: ['Prompt', 'Size'],
		options: COMFYUI_OPTIONS,
	},
	{
		provider: 'ComfyUI',
		operation: 'Inpaint',
		choices: { maskSource: 'Binary File' },
		parameters: [
			'Prompt',
			'Image Source',
			'Image Field',
			'Mask Source',
			'Mask Field',
			'Output Size',
		],
		options: [...COMFYUI_OPTIONS, 'Strength'],
	},
	{
		provider: 'stable-diffusion.cpp',
		operation: 'Text to Image',
		parameters: ['Prompt', 'Size'],
		options: ['Guidance Scale', 'Negative Prompt', 'Output Format', 'Steps'],
	},
	{
		provider: 'OpenAI-compatible',
		operation: 'Text to Image',
		parameters: ['Server', 'Prompt', 'Size'],
		options: ['Model Name'],
	},
	{
		provider: 'AI/ML API',
		operation: 'Text to Image',
		parameters: ['Prompt', 'Size'],
		options: [MAX_COST, ...FAL_OPTIONS],
	},
];

let rig: Rig;
beforeAll(async () => {
	rig = await sitDown();
});
afterAll(async () => await rig?.close());

describe('Z-Image Generate shows exactly the available parameters', () => {
	beforeAll(async () => {
		await openWith(rig, 'zImageGenerate', { prompt: 'A lighthouse' });
		await rig.editor.openNode('zImageGenerate');
	});

	it.each(COMBINATIONS)(
		'with $provider and $operation $choices',
		async ({ provider, operation, choices = {}, parameters, options }) => {
			const { panel } = rig.editor;
			await panel.choose('provider', provider);
			await panel.choose('operation', operation);
			for (const [parameter, entry] of Object.entries(choices)) {
				await panel.choose(parameter, entry);
			}
			const name = [provider, operation, ...Object.values(choices)].join('-');
			await rig.album.take(`10-${name.replaceAll(/\W+/g, '-')}`);

			expect(await panel.labels()).toEqual([...IN_FRONT, ...parameters, ...BEHIND]);
			expect((await panel.options()).sort()).toEqual([...ALWAYS_OPTIONS, ...options].sort());
		},
	);

	it.each(
		providers.map(({ displayName, endpoints }: Provider): [string, string[]] => [
			displayName,
			Object.entries(operationNames)
				.filter(([id]) => endpoints.some(({ operation }) => operation === id))
				.map(([, name]) => name),
		]),
	)('with the operations of %s, the most common first', async (provider, operations) => {
		const { panel } = rig.editor;
		await panel.choose('provider', provider);
		const choices = await panel.choices(
			'operation',
			async () => await rig.album.take(`11-operations-of-${provider.replaceAll(/\W/g, '-')}`),
		);
		expect(choices.filter((choice) => choice !== 'Custom API Call')).toEqual(operations);
	});

	it("and immediately which of the options the provider doesn't support", async () => {
		const { editor, album } = rig;
		await openWith(rig, 'zImageGenerate', {
			provider: 'novita',
			prompt: 'A lighthouse',
			options: { steps: 4, outputFormat: 'png', maxCostUsd: 1, mode: 'submit', model: 'base' },
		});
		await editor.openNode('zImageGenerate');
		const { panel } = editor;
		await panel.hint('Steps').waitFor();
		await album.take('17-ignored-options');
		expect(await panel.hints()).toEqual([
			expect.stringContaining("doesn't support Output Format here"),
			expect.stringContaining("doesn't support Steps here"),
			expect.stringContaining('No price is published'),
		]);
		// The option stays visible, so that a person can remove it if it stops the run.
		expect(await panel.labels()).toContain(MAX_COST);

		await panel.choose('provider', 'fal');
		await panel.hint('Steps').waitFor({ state: 'detached' });
		expect(await panel.hints()).toEqual([]);
		expect(await panel.labels()).toEqual(expect.arrayContaining([MAX_COST, 'Steps']));

		// n8n removes the options that the new provider doesn't show.
		await panel.choose('provider', 'Novita');
		await panel.hint('No price is published').waitFor();
		expect(await panel.labels()).not.toContain('Steps');
	});

	it('and the parameters outside Options in a node of the first version', async () => {
		await openWith(rig, 'zImageGenerate', { prompt: 'A lighthouse', mode: 'submit' }, {}, 1);
		await rig.editor.openNode('zImageGenerate');
		const { panel } = rig.editor;
		expect(await panel.labels()).toEqual([
			...['Provider', 'Operation', 'Model', 'Prompt', 'Size'],
			...['Number of Images', 'Mode', 'Use LoRAs From Input'],
			...BEHIND,
		]);
		const options = await panel.options();
		expect(options).toContain('Callback URL');
		for (const moved of ['Model', 'Number of Images', 'Mode', 'Use LoRAs From Input']) {
			expect(options).not.toContain(moved);
		}
		await rig.album.take('18-first-version');
	});

	it('and the options as a list', async () => {
		await rig.editor.panel.openOptions();
		await rig.album.take('12-options');
	});
});

it('Z-Image Get Task Result shows exactly the available parameters', async () => {
	const { editor, album } = rig;
	await openWith(rig, 'zImageGetTaskResult');
	await editor.openNode('zImageGetTaskResult');
	await album.take('13-get-task-result');
	expect(await editor.panel.labels()).toEqual(['Provider', 'Operation', 'Task ID', 'Options']);
	expect(await editor.panel.choices('provider')).toEqual([
		...['fal', 'WaveSpeed', 'Replicate', 'Novita', 'Highway API'],
		...['ComfyUI', 'stable-diffusion.cpp'],
	]);
	expect((await editor.panel.options()).sort()).toEqual([
		'Download Weights',
		'File Name',
		'Include Input Fields',
		'Max Concurrency',
		'Put Output File in Field',
		'Timeout (Seconds)',
	]);
});

describe('Z-Image Train LoRA shows exactly the available parameters', () => {
	beforeAll(async () => {
		await openWith(rig, 'zImageTrainLora', {}, undefined, 1);
		await rig.editor.openNode('zImageTrainLora');
	});

	it.each([
		['fal', 'Binary Files', ['Trainer'], ['Input Binary Field'], ['Caption']],
		['fal', 'Zip URL', ['Trainer'], ['Zip URL'], ['Default Caption']],
		['WaveSpeed', 'Zip URL', [], ['Zip URL'], []],
		['WaveSpeed', 'Binary Files', [], ['Input Binary Field'], ['Caption']],
	])('with %s and %s', async (provider, images, trainer, source, caption) => {
		const { panel } = rig.editor;
		await panel.choose('provider', provider);
		await panel.choose('imagesSource', images);
		await rig.album.take(`19-train-lora-${provider}-${images.replace(' ', '-')}`);
		expect(await panel.labels()).toEqual([
			'Provider',
			...trainer,
			'Images',
			...source,
			'Trigger Word',
			...caption,
			'Steps',
			'Learning Rate',
			'Mode',
			'Options',
		]);
	});
});

describe('Z-Image Apply LoRA Preset shows exactly the available parameters', () => {
	beforeAll(async () => {
		await openWith(rig, 'zImageApplyLoraPreset');
		await rig.editor.openNode('zImageApplyLoraPreset');
	});

	it.each([
		['Stack', []],
		['Variations', []],
		['Sweep', ['From Scale', 'To Scale', 'Steps']],
		['Random', ['LoRAs per Item', 'Seed']],
	])('with Operation %s', async (combine, parameters) => {
		const { panel } = rig.editor;
		await panel.choose('operation', combine);
		await rig.album.take(`14-operation-${combine}`);
		expect(await panel.labels()).toEqual([
			'Operation',
			'Presets',
			'Custom LoRAs',
			'Own Presets',
			...parameters,
			'Options',
		]);
	});

	it.each([
		['From JSON', 'Own Presets (JSON)'],
		['From Input Item', 'Own Presets Field'],
	])('with Own Presets %s', async (source, parameter) => {
		const { panel } = rig.editor;
		await panel.choose('ownPresets', source);
		await rig.album.take(`15-own-presets-${source.replaceAll(' ', '-')}`);
		expect(await panel.labels()).toContain(parameter);
	});

	it('with a preset and the user’s own LoRA', async () => {
		const { panel } = rig.editor;
		await panel.addRow('Add Preset');
		await panel.addRow('Add Custom LoRA');
		await rig.album.take('16-preset-and-custom-lora');
		const labels = await panel.labels();
		for (const label of ['Preset Name', 'Scale', 'LoRA', 'Trigger Words']) {
			expect(labels).toContain(label);
		}
		expect(await panel.shownIn('scale')).toEqual({ value: '', placeholder: 'Recommended' });
	});
});
