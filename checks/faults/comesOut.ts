import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import type { Execution } from './execution';

/** A failure as a person or the next node sees it. */
export interface Failed {
	readonly itemIndex: number;
	readonly message: string;
	readonly description: string;
	/** The failure's item, or the error's data, which Get Task Result accepts. */
	readonly item: IDataObject;
}

/** The output of a run. */
export interface ComesOut {
	/** The `json` of items with a file, by the number of their input item. */
	readonly images: ReadonlyMap<number, IDataObject>;
	readonly failures: readonly Failed[];
	/** Every text in which a person can find a task. */
	readonly text: string;
}

/** What was made of several items counts as that of the first. */
function indexOf({ pairedItem }: INodeExecutionData): number {
	const [first] = [pairedItem].flat();
	return typeof first === 'object' ? first.item : -1;
}

function failedItem(item: INodeExecutionData): Failed {
	const { json } = item;
	const details = (json.details ?? json) as IDataObject;
	return {
		itemIndex: indexOf(item),
		message: String(json.error),
		description: String(details.errorDescription ?? ''),
		item: json,
	};
}

/** Sorts a run's output into images and failures. */
export function readComesOut({ outputs, error }: Execution): ComesOut {
	const items = outputs.flat();
	const failures = items.filter(({ json }) => json.error !== undefined).map(failedItem);
	const images = items
		.filter(({ binary }) => binary?.data !== undefined)
		.map((item) => [indexOf(item), item.json] as const);
	if (error) {
		failures.push({
			itemIndex: Number(error.context.itemIndex ?? -1),
			message: error.message,
			description: error.description ?? '',
			item: (error.context.data ?? {}) as IDataObject,
		});
	}
	const text = JSON.stringify([items.map(({ json }) => json), failures]);
	return { images: new Map(images), failures, text };
}
