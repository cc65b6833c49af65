import type { INodeParameters } from 'n8n-workflow';
import { NodeHelpers } from 'n8n-workflow';

import { findPreset } from '../../nodes/ZImage/applyLoraPreset/presets';
import { readPresetRow } from '../../nodes/ZImage/applyLoraPreset/styles';
import { ZImageApplyLoraPreset } from '../../nodes/ZImage/ZImageApplyLoraPreset.node';
import { nodeOf } from '../support/node';

const { description } = new ZImageApplyLoraPreset();

/** The parameters that the editor shows for these values. */
function shown(values: INodeParameters, typeVersion: number): string[] {
	const { properties } = description;
	const node = nodeOf({ typeVersion });
	const all = NodeHelpers.getNodeParameters(properties, values, true, false, node, description);
	return properties
		.filter((property) => NodeHelpers.displayParameter(all ?? {}, property, node, description))
		.map(({ name }) => name);
}

it.each<[INodeParameters, string[], string[]]>([
	[{}, [], []],
	[{ ownPresets: 'json' }, ['ownPresetsJson'], []],
	[{ ownPresets: 'input' }, ['ownPresetsField'], []],
	[{ combine: 'variations' }, [], []],
	[{ combine: 'sweep' }, [], ['sweepFrom', 'sweepTo', 'sweepSteps']],
	[{ combine: 'random' }, [], ['randomCount', 'randomSeed']],
])('with %j the editor shows only what applies', (values, ofOwnPresets, ofCombine) => {
	const lists = ['presets', 'customLoras', 'ownPresets', ...ofOwnPresets];
	expect(shown(values, 1)).toEqual([
		...[...lists, 'combine', ...ofCombine],
		...['addTriggerWords', 'promptField', 'options'],
	]);
	const { combine, ...others } = values;
	const today = { ...others, ...(combine !== undefined && { operation: combine }) };
	expect(shown(today, 1.1)).toEqual(['operation', ...lists, ...ofCombine, 'options']);
});

it.each([[{}], [{ scale: '' }], [{ scale: 0 }]])(
	'n8n lets a workflow run with a preset whose scale is %j, which means the recommended scale',
	(scale) => {
		const parameters = { presets: { preset: [{ name: 'pixelArt', ...scale }] } };
		const node = nodeOf({ type: 'zImageApplyLoraPreset', typeVersion: 1.1, parameters });
		const { properties } = description;
		expect(NodeHelpers.getNodeParametersIssues(properties, node, description)).toBeNull();
		const own = findPreset('pixelArt')?.scale;
		expect(readPresetRow({ name: 'pixelArt', ...scale }, 'Preset 1').lora.scale).toBe(own);
	},
);

it.each<[string, unknown, string[]]>([
	['text from an older workflow', 'me/mine', []],
	['an expression', '={{ $json.lora }}', []],
	[
		'a LoRA from the list',
		{ __rl: true, mode: 'list', value: 'a/b/c.safetensors#trigger=x%20y' },
		[],
	],
	[
		'no LoRA from the list',
		{ __rl: true, mode: 'list', value: '' },
		['Parameter "LoRA" is required.'],
	],
	['an ID', { __rl: true, mode: 'id', value: 'a/b/c.safetensors' }, []],
	['an expression for an ID', { __rl: true, mode: 'id', value: '={{ $json.lora }}' }, []],
	[
		'no ID',
		{ __rl: true, mode: 'id', value: 'b' },
		['Enter owner/name or owner/name/file.safetensors'],
	],
	['a URL', { __rl: true, mode: 'url', value: 'https://a.example/b' }, []],
	[
		'no URL',
		{ __rl: true, mode: 'url', value: 'http://a.example/b' },
		['Enter a URL that starts with https://'],
	],
])('n8n lets a workflow run with %s, or says why not', (_, path, issues) => {
	const customLoras = { lora: [{ path, scale: 1 }] } as unknown as INodeParameters;
	const found = NodeHelpers.getNodeParametersIssues(
		description.properties,
		nodeOf({ type: 'zImageApplyLoraPreset', parameters: { customLoras } }),
		description,
	);
	expect(Object.values(found?.parameters ?? {}).flat()).toEqual(issues);
});
