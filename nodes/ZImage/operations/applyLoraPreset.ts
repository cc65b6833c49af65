import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { Failure } from '../errors';
import { mergeLoras, readLora, readLoras } from '../lora/loras';
import { findPreset, loraPresets } from '../lora/presets';
import { addTriggers } from '../lora/triggers';
import type { Lora } from '../providers/provider';
import { toChoice, toText } from './parameters';
import type { OutputItem } from './runner';
import { runItems } from './runner';

/** A LoRA with the words it was trained on, and a name by which its images can be told apart. */
interface Style {
	readonly name: string;
	readonly lora: Lora;
	readonly trigger: string;
}

function readPresetRow(row: IDataObject, index: number): Style {
	const name = toText(row.name) ?? '';
	const preset = findPreset(name);
	if (!preset) {
		throw new Failure(`Preset "${name}" is not known`, {
			description: `The presets are: ${loraPresets.map((known) => known.name).join(', ')}. For any other LoRA add a custom one.`,
		});
	}
	// 0 would switch the LoRA off; in the editor it stands for the preset's own scale.
	const scale = Number(row.scale ?? 0) === 0 ? preset.scale : row.scale;
	return {
		name,
		lora: readLora({ path: preset.path, scale }, `Presets[${index}]`),
		trigger: preset.trigger ?? '',
	};
}

function readCustomRow(row: IDataObject, index: number): Style {
	const lora = readLora(row, `Custom LoRAs[${index}]`);
	return { name: lora.path, lora, trigger: toText(row.trigger) ?? '' };
}

function readStyles(context: IExecuteFunctions, itemIndex: number): Style[] {
	const presets = context.getNodeParameter('presets.preset', itemIndex, []) as IDataObject[];
	const custom = context.getNodeParameter('customLoras.lora', itemIndex, []) as IDataObject[];
	const styles = [...presets.map(readPresetRow), ...custom.map(readCustomRow)];
	if (styles.length === 0) {
		throw new Failure('No LoRA is chosen', { description: 'Add a preset or a custom LoRA.' });
	}
	return styles;
}

function styled(
	json: IDataObject,
	styles: readonly Style[],
	promptField: string | undefined,
): IDataObject {
	const loras = mergeLoras(
		[readLoras(json.loras, 'The field "loras" of the input item'), styles.map(({ lora }) => lora)],
		'a provider takes',
	).map(({ path, scale }) => ({ path, scale }));
	const prompt = promptField !== undefined && {
		[promptField]: addTriggers(
			toText(json[promptField]) ?? '',
			styles.map(({ trigger }) => trigger),
		),
	};
	return { ...json, ...prompt, loras, loraPreset: styles.map(({ name }) => name).join(' + ') };
}

/**
 * Apply LoRA Preset: adds LoRAs to the `loras` of each item, and their trigger words to its prompt.
 * Sends nothing.
 * @throws NodeOperationError when there are more LoRAs than a provider takes
 */
export async function applyLoraPreset(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await runItems<OutputItem>(context, () => ({
		concurrency: 1,
		outputs: 1,
		prepare(itemIndex) {
			const styles = readStyles(context, itemIndex);
			const combine = toChoice(context.getNodeParameter('combine', itemIndex), 'Combine', [
				'stack',
				'variations',
			]);
			const addsTriggers = context.getNodeParameter('addTriggerWords', itemIndex) as boolean;
			const promptField = addsTriggers
				? (toText(context.getNodeParameter('promptField', itemIndex)) ?? 'prompt')
				: undefined;
			const { json, binary } = context.getInputData()[itemIndex] ?? { json: {} };
			const groups = combine === 'stack' ? [styles] : styles.map((style) => [style]);
			return groups.map((group) => ({
				json: styled(json, group, promptField),
				...(binary && { binary }),
			}));
		},
		work: (item) => [item],
	}));
}
