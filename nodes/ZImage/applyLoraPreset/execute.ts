import { randomInt } from 'crypto';
import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { Failure } from '../errors/failure';
import { atScales, drawStyles, sweepScales, uniqueStyles } from './combine';
import { mergeLoras, readLoras, toLoraList } from '../lora/loras';
import type { Style } from './styles';
import { allPresetStyles, readOwnStyle, readPresetRow } from './styles';
import { addTriggers } from '../lora/triggers';
import { anyLoraLimits } from '../providers/registry';
import { toBounded, toBoundedInteger, toChoice, toText } from '../values';
import type { OutputItem } from '../run/runItems';
import { runItems } from '../run/runItems';

const maxSeed = 2_147_483_647;

function notJson(field: string, error: unknown): Failure {
	const reason = error instanceof Error ? error.message : String(error);
	return new Failure(`${field} is not valid JSON: ${reason}`, {
		description:
			'It should look like [{ "name": "Mine", "path": "owner/name", "scale": 0.8, "trigger": "m1ne" }].',
	});
}

function parseJson(text: string, field: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch (error) {
		throw notJson(field, error);
	}
}

/** A list that may still be a text of JSON; nothing at all is an empty one. */
function parseList(value: unknown, field: string): unknown[] {
	if (typeof value !== 'string') return toLoraList(value, field);
	return value.trim() === '' ? [] : toLoraList(parseJson(value, field), field);
}

/** The user's own presets: from the node's parameter, or from a field of the input item. */
function readOwnPresets(
	context: IExecuteFunctions,
	itemIndex: number,
	input: IDataObject,
): unknown[] {
	const parameter = (name: string): unknown => context.getNodeParameter(name, itemIndex, undefined);
	const source = toChoice(parameter('ownPresets') ?? 'none', 'Own Presets', [
		'none',
		'json',
		'input',
	]);
	if (source === 'none') return [];
	const value =
		source === 'json'
			? parameter('ownPresetsJson')
			: input[toText(parameter('ownPresetsField')) ?? 'loraPresets'];
	return parseList(value, 'Own Presets');
}

/** Every LoRA that is chosen for an item: presets, custom ones and the user's own presets. */
function readStyles(context: IExecuteFunctions, itemIndex: number, input: IDataObject): Style[] {
	const presets = context.getNodeParameter('presets.preset', itemIndex, []) as IDataObject[];
	const custom = context.getNodeParameter('customLoras.lora', itemIndex, []) as IDataObject[];
	return [
		...presets.map((row, index) => readPresetRow(row, `Presets[${index}]`)),
		...custom.map((row, index) => readOwnStyle(row, `Custom LoRAs[${index}]`)),
		...readOwnPresets(context, itemIndex, input).map((entry, index) =>
			readOwnStyle(entry, `Own Presets[${index}]`),
		),
	];
}

function readSweep(context: IExecuteFunctions, itemIndex: number): number[] {
	const bound = (name: string, field: string, fallback: number): number =>
		toBounded(context.getNodeParameter(name, itemIndex, fallback), field, {
			...anyLoraLimits.scale,
			fallback,
		});
	const steps = toBoundedInteger(context.getNodeParameter('sweepSteps', itemIndex, 3), 'Steps', {
		min: 2,
		max: 20,
		fallback: 3,
	});
	return sweepScales(bound('sweepFrom', 'From Scale', 0.6), bound('sweepTo', 'To Scale', 1), steps);
}

/** @param runSeed stands in where the item asks for other LoRAs each run */
function readDraw(
	context: IExecuteFunctions,
	itemIndex: number,
	available: number,
	runSeed: number,
): { count: number; seed: number } {
	const count = toBoundedInteger(
		context.getNodeParameter('randomCount', itemIndex, 1),
		'LoRAs per Item',
		{ min: 1, max: anyLoraLimits.max, fallback: 1 },
	);
	if (count > available) {
		throw new Failure(
			`LoRAs per Item is ${count}, but the number of LoRAs to draw from is ${available}`,
			{
				description: 'Choose more LoRAs, or none at all to draw from all presets.',
			},
		);
	}
	const seed = toBoundedInteger(context.getNodeParameter('randomSeed', itemIndex, -1), 'Seed', {
		min: -1,
		max: maxSeed,
		fallback: -1,
	});
	return { count, seed: seed === -1 ? runSeed : seed };
}

/** The styles of each item that is made of an input item. */
function readGroups(
	context: IExecuteFunctions,
	itemIndex: number,
	chosen: readonly Style[],
	runSeed: number,
): Array<readonly Style[]> {
	const combine = toChoice(context.getNodeParameter('combine', itemIndex), 'Combine', [
		'stack',
		'variations',
		'sweep',
		'random',
	]);
	if (chosen.length === 0 && combine !== 'random') {
		throw new Failure('No LoRA is chosen', {
			description: 'Add a preset, a custom LoRA or presets of your own.',
		});
	}
	switch (combine) {
		case 'stack':
			return [chosen];
		case 'variations':
			return chosen.map((style) => [style]);
		case 'sweep': {
			const scales = readSweep(context, itemIndex);
			return chosen.flatMap((style) => atScales(style, scales)).map((style) => [style]);
		}
		case 'random': {
			const styles = uniqueStyles(chosen.length > 0 ? chosen : allPresetStyles());
			const { count, seed } = readDraw(context, itemIndex, styles.length, runSeed);
			return [drawStyles(styles, count, seed, itemIndex)];
		}
	}
}

function styled(
	json: IDataObject,
	styles: readonly Style[],
	promptField: string | undefined,
): IDataObject {
	const loras = mergeLoras(
		[
			readLoras(json.loras, 'The field "loras" of the input item', anyLoraLimits),
			styles.map(({ lora }) => lora),
		],
		'a provider takes',
		anyLoraLimits,
	).map(({ path, scale }) => ({ path, scale }));
	const prompt = promptField !== undefined && {
		[promptField]: addTriggers(
			toText(json[promptField]) ?? '',
			styles.map(({ lora }) => lora.trigger ?? ''),
		),
	};
	return { ...json, ...prompt, loras, loraPreset: styles.map(({ name }) => name).join(' + ') };
}

/**
 * Apply LoRA Preset: adds LoRAs to the `loras` of each item, and their trigger words to its prompt.
 * Sends nothing.
 * @throws NodeOperationError that names the field when a LoRA or a parameter is none, or when an item has more LoRAs than
 * a provider takes
 */
export async function applyLoraPreset(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const { outputs } = await runItems<OutputItem>(context, () => {
		const runSeed = randomInt(maxSeed);
		return {
			concurrency: 1,
			outputs: 1,
			prepare(itemIndex) {
				const { json, binary } = context.getInputData()[itemIndex] ?? { json: {} };
				const chosen = readStyles(context, itemIndex, json);
				const groups = readGroups(context, itemIndex, chosen, runSeed);
				const addsTriggers = context.getNodeParameter('addTriggerWords', itemIndex) as boolean;
				const promptField = addsTriggers
					? (toText(context.getNodeParameter('promptField', itemIndex)) ?? 'prompt')
					: undefined;
				return groups.map((group) => ({
					json: styled(json, group, promptField),
					...(binary && { binary }),
				}));
			},
			work: (item) => [item],
		};
	});
	return outputs;
}
