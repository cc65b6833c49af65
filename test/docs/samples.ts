import type { IDataObject } from 'n8n-workflow';

import type { Sandbox } from '../../sandbox/emulator/server';
import { credentialsFor } from '../support/credentials';
import type { Step, WorkflowResult } from '../support/runWorkflow';
import { makePicture } from '../support/picture';
import { runWorkflow, storeFile } from '../support/runWorkflow';

/** Runs the JSON on the pages through the real nodes in n8n's engine, against a sandbox. */
export class Samples {
	constructor(private readonly sandbox: Sandbox) {}

	async run(steps: readonly Step[], items: IDataObject[] = [{}]): Promise<WorkflowResult> {
		const credentials = credentialsFor(this.sandbox);
		return await runWorkflow({ items, steps, credentials });
	}

	async generate(parameters: IDataObject, items?: IDataObject[], step: Partial<Step> = {}) {
		const prompt = '={{ $json.prompt ?? "a lighthouse" }}';
		const all = { provider: 'fal', prompt, ...parameters };
		return await this.run([{ type: 'zImageGenerate', parameters: all, ...step }], items);
	}

	/** The task that a page shows, with an ID that the sandbox knows. */
	async submitted(parameters: IDataObject): Promise<IDataObject> {
		const { json } = await this.generate({ mode: 'submit', ...parameters });
		return json[0] ?? {};
	}

	async getTaskResult(parameters: IDataObject, item: IDataObject) {
		return await this.run([{ type: 'zImageGetTaskResult', parameters }], [item]);
	}

	async train(parameters: IDataObject) {
		const image = await storeFile(makePicture('png', 64, 48), { fileName: 'image.png' });
		return await runWorkflow({
			items: [{}],
			inputBinary: { data: image },
			steps: [{ type: 'zImageTrainLora', parameters: { triggerWord: 'ohwx', ...parameters } }],
			credentials: credentialsFor(this.sandbox),
		});
	}

	async applyPreset(parameters: IDataObject, items?: IDataObject[]) {
		return await this.run([{ type: 'zImageApplyLoraPreset', parameters }], items);
	}
}

/** A node's output for the JSON that a page gives as its input. */
export type Input = (at: Samples, json: never) => Promise<WorkflowResult>;

/** A node's real output where a page shows one. `given` is the page's input with the same name. */
export type Output = (at: Samples, given: never) => Promise<unknown>;

const seed = { options: { seed: 42 } };

const twoPresets = [
	{ name: 'classicPainting', scale: 0 },
	{ name: 'pencilSketch', scale: 0.5 },
];

const failing = [{ prompt: 'a lighthouse [sandbox:fail=Out of paint]' }];

/** By the words after `in:` above the block. */
export const inputs: Readonly<Record<string, Input>> = {
	generate: async (at, item) => await at.generate(seed, [item]),
	'first workflow': async (
		at,
		{ nodes }: { nodes: Array<Pick<Step, 'type'> & { parameters: IDataObject }> },
	) =>
		await at.generate(nodes.find(({ type }) => type.endsWith('zImageGenerate'))?.parameters ?? {}),
	'get task result': async (at, item: IDataObject) => {
		const { taskId } = await at.submitted(seed);
		return await at.getTaskResult({ provider: item.provider }, { ...item, taskId });
	},
	'apply preset': async (at, item) =>
		await at.applyPreset({ presets: { preset: twoPresets } }, [item]),
	'own presets': async (at, list) => {
		const preset = (parameters: IDataObject): Step => ({
			type: 'zImageApplyLoraPreset',
			parameters: { combine: 'variations', ...parameters },
		});
		const generate = { provider: 'fal', prompt: '={{ $json.prompt }}' };
		const fromJson = preset({ ownPresets: 'json', ownPresetsJson: JSON.stringify(list) });
		const steps = (first: Step): Step[] => [
			first,
			{ type: 'zImageGenerate', parameters: generate },
		];
		const item = { prompt: 'a lighthouse', loraPresets: list };
		const one = await at.run(steps(fromJson), [item]);
		const other = await at.run(steps(preset({ ownPresets: 'input' })), [item]);
		expect(other.json.map(({ loras }) => loras)).toEqual(one.json.map(({ loras }) => loras));
		return one;
	},
};

/** LoRAs with the page's paths, because their own paths differ from run to run. */
function pathsOmitted(loras: unknown): unknown {
	const path = 'https://v3b.fal.media/files/…_pytorch_lora_weights.safetensors';
	return Array.isArray(loras) ? loras.map((lora: object) => ({ ...lora, path })) : loras;
}

/** By the words after `out:` above the block. */
export const outputs: Readonly<Record<string, Output>> = {
	generate: async (at, item) => (await at.generate(seed, [item])).json[0],
	submit: async (at) => await at.submitted({ provider: 'novita' }),
	'error item': async (at) => {
		const step: Partial<Step> = { onError: 'continueRegularOutput' };
		return (await at.generate({ provider: 'novita' }, failing, step)).json[0];
	},
	'error output': async (at) => {
		const step: Partial<Step> = { onError: 'continueErrorOutput' };
		const { outputs: made } = await at.generate({ provider: 'novita' }, failing, step);
		const { prompt, ...json } = made[1]?.[0]?.json ?? {};
		expect(prompt).toBe(failing[0]?.prompt);
		return json;
	},
	'get task result': async (at) => {
		const task = await at.submitted(seed);
		return (await at.getTaskResult({ provider: 'fal' }, task)).json[0];
	},
	'train submit': async (at) => (await at.train({})).json[0],
	train: async (at) => {
		const { json } = await at.train({ mode: 'wait' });
		return { ...json[0], loras: pathsOmitted(json[0]?.loras) };
	},
	list: async (at) => {
		await at.submitted(seed);
		return (await at.getTaskResult({ provider: 'fal', mode: 'list' }, {})).json[0];
	},
	'typed by hand': async (at) => {
		const { taskId } = await at.submitted({ provider: 'novita', ...seed });
		return (await at.getTaskResult({ provider: 'novita', taskId }, {})).json[0];
	},
	'apply preset': async (at, item) =>
		(await at.applyPreset({ presets: { preset: twoPresets } }, [item])).json[0],
	sweep: async (at) => {
		const presets = { preset: twoPresets.slice(1) };
		const item = { prompt: 'a lighthouse', product: 42 };
		return (await at.applyPreset({ presets, combine: 'sweep' }, [item])).json[0];
	},
};
