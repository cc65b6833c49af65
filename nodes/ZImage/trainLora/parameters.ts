import type { IBinaryKeyData, IDataObject } from 'n8n-workflow';

import { Failure, show } from '../errors/failure';
import type { ParameterHost } from '../host';
import { filesOf } from '../run/itemFiles';
import { readOptions } from '../run/parameters';
import { toName } from '../values';

/** One image of the training, as its item brings it. */
export interface ImageParameters {
	readonly files: IBinaryKeyData;
	/** Name of the binary field. */
	readonly field: unknown;
	readonly caption: unknown;
}

/** All that a run asks for, as the workflow brings it: an expression may have put anything there. */
export interface TrainingParameters {
	readonly trainer: unknown;
	/** Where the images come from. */
	readonly source: unknown;
	readonly zipUrl: string | undefined;
	readonly triggerWord: string | undefined;
	readonly steps: unknown;
	readonly learningRate: unknown;
	readonly mode: unknown;
	/** Of every item. */
	readonly images: readonly ImageParameters[];
	/** The collection Options. */
	readonly options: IDataObject;
}

/**
 * Reads a parameter that holds for all items together.
 * @throws Failure when it isn't the same in all of them: whoever has several means a LoRA for each
 */
function readShared(host: ParameterHost, name: string, field: string): string | undefined {
	const values = host
		.getInputData()
		.map((_, itemIndex) => toName(host.getNodeParameter(name, itemIndex, null), field));
	const [first] = values;
	const itemIndex = values.findIndex((value) => value !== first);
	if (itemIndex < 0) return first;
	throw new Failure(
		`${field} must be the same for all items (got ${show(first)} and ${show(values[itemIndex])})`,
		{
			itemIndex,
			description:
				'Nothing was sent. This node trains one LoRA on all of its input items. To train several, run it once for each in a loop.',
		},
	);
}

/**
 * Reads every parameter of a run, once. What holds for all items is read from the first one.
 * @throws Failure for a parameter that isn't the same for all items
 */
export function readParameters(host: ParameterHost): TrainingParameters {
	const read = (name: string, fallback: unknown = null, itemIndex = 0): unknown =>
		host.getNodeParameter(name, itemIndex, fallback);
	return {
		trainer: read('trainer'),
		source: read('imagesSource', 'binary'),
		zipUrl: readShared(host, 'zipUrl', 'Zip URL'),
		triggerWord: readShared(host, 'triggerWord', 'Trigger Word'),
		steps: read('steps'),
		learningRate: read('learningRate'),
		mode: read('mode', 'submit'),
		images: host.getInputData().map((item, itemIndex) => ({
			files: filesOf(item),
			field: read('imageField', null, itemIndex),
			caption: read('caption', null, itemIndex),
		})),
		options: readOptions(host, 0),
	};
}
