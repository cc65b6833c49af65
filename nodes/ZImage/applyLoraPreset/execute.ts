import { randomInt } from 'crypto';
import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { mergeLoras, readLoras } from '../lora/loras';
import { addTriggers } from '../lora/triggers';
import { anyLoraLimits } from '../providers/registry';
import type { OutputItem } from '../run/runItems';
import { runItems } from '../run/runItems';
import { toText } from '../values';
import { maxSeed, readGroups, readPromptField, readStyles } from './parameters';
import { findField, readField, withField } from './promptField';
import type { Style } from './styles';

/** An input item with its LoRAs and, unless the user doesn't want them, their trigger words. */
function styled(
	json: IDataObject,
	styles: readonly Style[],
	promptField: string | null,
): IDataObject {
	const addsTriggers = promptField !== null;
	const loras = mergeLoras(
		[
			readLoras(json.loras, 'The field "loras" of the input item', anyLoraLimits),
			styles.map(({ lora: { trigger, ...lora } }) => ({
				...lora,
				...(addsTriggers && trigger !== undefined && { trigger }),
			})),
		],
		'A provider',
		anyLoraLimits,
	).map((lora) => ({ ...lora }));
	const loraPreset = styles.map(({ name }) => name).join(' + ');
	const field = addsTriggers ? findField(json, promptField) : undefined;
	if (!field) return { ...json, loras, loraPreset };
	const prompt = addTriggers(
		toText(readField(json, field), 'The prompt of the input item') ?? '',
		styles.map(({ lora }) => lora.trigger ?? ''),
	);
	return { ...withField(json, field, prompt), loras, loraPreset };
}

/**
 * Apply LoRA Preset: adds LoRAs to the `loras` of each item, and their trigger words to its prompt. The words
 * are also stored next to the LoRAs, so that Generate adds them to its own prompt. Sends nothing.
 * @throws NodeOperationError that names the field when a LoRA or a parameter is invalid, or when an item has
 * more LoRAs than a provider accepts
 */
export async function applyLoraPreset(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const { outputs } = await runItems<OutputItem>(context, {}, () => {
		const runSeed = randomInt(maxSeed);
		return {
			concurrency: 1,
			outputs: 1,
			prepare(itemIndex) {
				const { json, binary } = context.getInputData()[itemIndex] ?? { json: {} };
				const chosen = readStyles(context, itemIndex, json);
				const groups = readGroups(context, itemIndex, chosen, runSeed);
				const promptField = readPromptField(context, itemIndex);
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
