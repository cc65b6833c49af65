import type { INodeParameters } from 'n8n-workflow';
import { NodeHelpers } from 'n8n-workflow';

import { ZImageApplyLoraPreset } from '../../nodes/ZImage/ZImageApplyLoraPreset.node';
import { nodeOf } from '../support/node';

const { description } = new ZImageApplyLoraPreset();
const node = { typeVersion: 1 };

/** The parameters that the editor shows for these values. */
function shown(values: INodeParameters): string[] {
	const { properties } = description;
	const all = NodeHelpers.getNodeParameters(properties, values, true, false, null, description);
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
	expect(shown(values)).toEqual([
		...['presets', 'customLoras', 'ownPresets', ...ofOwnPresets, 'combine', ...ofCombine],
		...['addTriggerWords', 'promptField', 'options'],
	]);
});

it.each<[string, unknown, string[]]>([
	['a text of an older workflow', 'me/mine', []],
	['an expression', '={{ $json.lora }}', []],
	[
		'a LoRA of the list',
		{ __rl: true, mode: 'list', value: 'a/b/c.safetensors#trigger=x%20y' },
		[],
	],
	['none of the list', { __rl: true, mode: 'list', value: '' }, ['Parameter "LoRA" is required.']],
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
