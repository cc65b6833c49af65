import type { IDataObject } from 'n8n-workflow';

import { Failure } from '../errors/failure';
import type { ParameterHost } from '../host';
import { entryName, toLoraList } from '../lora/loras';
import { anyLoraLimits } from '../providers/registry';
import { readMoved, readOperation, readOptions } from '../run/parameters';
import { toBounded, toBoundedInteger, toChoice, toFlag, toName } from '../values';
import { atScales, drawStyles, sweepScales, uniqueStyles } from './combine';
import { defaultPromptField } from './promptField';
import type { Style } from './styles';
import { allPresetStyles, readOwnStyle, readPresetRow } from './styles';

/** The largest seed of a draw. */
export const maxSeed = 2_147_483_647;

/** The user's own presets: from the node's parameter, or from a field of the input item. */
function readOwnPresets(host: ParameterHost, itemIndex: number, input: IDataObject): unknown[] {
	const parameter = (name: string): unknown => host.getNodeParameter(name, itemIndex, undefined);
	const source = toChoice(parameter('ownPresets') || 'none', 'Own Presets', [
		'none',
		'json',
		'input',
	]);
	if (source === 'none') return [];
	const value =
		source === 'json'
			? parameter('ownPresetsJson')
			: input[toName(parameter('ownPresetsField'), 'Own Presets Field') ?? 'loraPresets'];
	return toLoraList(value, 'Own Presets');
}

/**
 * The name of the field to which trigger words are added.
 * @returns `null` if the user doesn't want them
 */
export function readPromptField(host: ParameterHost, itemIndex: number): string | null {
	const options = readOptions(host, itemIndex);
	const parameter = (name: string): unknown => readMoved(host, itemIndex, name, options);
	if (!toFlag(parameter('addTriggerWords'), 'Add Trigger Words', true)) return null;
	return toName(parameter('promptField'), 'Prompt Field') ?? defaultPromptField;
}

/** Every LoRA that is chosen for an item: presets, custom ones and the user's own presets. */
export function readStyles(host: ParameterHost, itemIndex: number, input: IDataObject): Style[] {
	const presets = host.getNodeParameter('presets.preset', itemIndex, []) as IDataObject[];
	const custom = host.getNodeParameter('customLoras.lora', itemIndex, []) as IDataObject[];
	return [
		...presets.map((row, index) => readPresetRow(row, entryName('Presets', index))),
		...custom.map((row, index) => readOwnStyle(row, entryName('Custom LoRAs', index))),
		...readOwnPresets(host, itemIndex, input).map((entry, index) =>
			readOwnStyle(entry, entryName('Own Presets', index)),
		),
	];
}

function readSweep(host: ParameterHost, itemIndex: number): number[] {
	const bound = (name: string, field: string, fallback: number): number =>
		toBounded(host.getNodeParameter(name, itemIndex, fallback), field, {
			...anyLoraLimits.scale,
			fallback,
		});
	const steps = toBoundedInteger(host.getNodeParameter('sweepSteps', itemIndex, 3), 'Steps', {
		min: 2,
		max: 20,
		fallback: 3,
	});
	return sweepScales(bound('sweepFrom', 'From Scale', 0.6), bound('sweepTo', 'To Scale', 1), steps);
}

/** @param runSeed used if the item asks for different LoRAs in each run */
function readDraw(
	host: ParameterHost,
	itemIndex: number,
	available: number,
	runSeed: number,
): { count: number; seed: number } {
	const count = toBoundedInteger(
		host.getNodeParameter('randomCount', itemIndex, 1),
		'LoRAs per Item',
		{ min: 1, max: anyLoraLimits.max, fallback: 1 },
	);
	if (count > available) {
		throw new Failure(
			`LoRAs per Item must be at most ${available}, the number of LoRAs to draw from (got ${count})`,
			{
				description: 'Choose more LoRAs, or none to draw from all presets.',
			},
		);
	}
	const seed = toBoundedInteger(host.getNodeParameter('randomSeed', itemIndex, -1), 'Seed', {
		min: -1,
		max: maxSeed,
		fallback: -1,
	});
	return { count, seed: seed === -1 ? runSeed : seed };
}

/** The styles of each item that is made from an input item. */
export function readGroups(
	host: ParameterHost,
	itemIndex: number,
	chosen: readonly Style[],
	runSeed: number,
): Array<readonly Style[]> {
	const combine = toChoice(readOperation(host, itemIndex, 'combine', 'stack'), 'Combine', [
		'stack',
		'variations',
		'sweep',
		'random',
	]);
	if (chosen.length === 0 && combine !== 'random') {
		throw new Failure('No LoRAs chosen', {
			description: 'Add a preset, a custom LoRA or your own presets.',
		});
	}
	switch (combine) {
		case 'stack':
			return [chosen];
		case 'variations':
			return chosen.map((style) => [style]);
		case 'sweep': {
			const scales = readSweep(host, itemIndex);
			return chosen.flatMap((style) => atScales(style, scales)).map((style) => [style]);
		}
		case 'random': {
			const styles = uniqueStyles(chosen.length > 0 ? chosen : allPresetStyles());
			const { count, seed } = readDraw(host, itemIndex, styles.length, runSeed);
			return [drawStyles(styles, count, seed, itemIndex)];
		}
	}
}
