import { randomInt } from 'crypto';
import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { mergeLoras, readLoras } from '../lora/loras';
import { addTriggers } from '../lora/triggers';
import { anyLoraLimits } from '../providers/registry';
import type { OutputItem } from '../run/runItems';
import { runItems } from '../run/runItems';
import { toText } from '../values';
import { maxSeed, readGroups, readStyles } from './parameters';
import type { Style } from './styles';

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
	const { outputs } = await runItems<OutputItem>(context, {}, () => {
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
