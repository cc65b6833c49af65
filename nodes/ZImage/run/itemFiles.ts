import type { IBinaryData, IBinaryKeyData, INodeExecutionData } from 'n8n-workflow';

import { isRecord, toName } from '../values';

/** Where n8n puts the files of an item if the workflow's setting `binaryMode` is `combined`. */
const filesInJson = '_files';

/** Whether a value is a file as n8n describes one. */
function isFile(value: unknown): boolean {
	return (
		isRecord(value) &&
		typeof value.mimeType === 'string' &&
		(typeof value.id === 'string' || typeof value.data === 'string')
	);
}

/** The files of an input item, in either of n8n's binary modes. */
export function filesOf({ json, binary }: INodeExecutionData): IBinaryKeyData {
	const inJson = json[filesInJson];
	const files = isRecord(inJson) ? Object.entries(inJson).filter(([, file]) => isFile(file)) : [];
	return { ...(Object.fromEntries(files) as unknown as IBinaryKeyData), ...binary };
}

/**
 * The names of the files that a value describes. A file in memory that an expression returns lacks its bytes.
 */
function namesOf(files: IBinaryKeyData, value: unknown): string[] {
	if (!isRecord(value) || typeof value.mimeType !== 'string') return [];
	const said = Object.entries(value);
	return Object.entries(files)
		.filter(([, file]) => said.every(([property, given]) => file[property] === given))
		.map(([name]) => name);
}

/**
 * Finds out which file a field names: by its name, or by the file itself, as `{{ $binary.data }}` returns it.
 * @param what how errors name the field
 * @param fallback the default name
 * @throws Failure when it's neither, or when it isn't clear which file is meant
 */
export function namedFile(
	files: IBinaryKeyData,
	field: unknown,
	what: string,
	fallback: string,
): { readonly files: IBinaryKeyData; readonly name: string } {
	if (isFile(field)) return { files: { [fallback]: field as IBinaryData }, name: fallback };
	const [name, ...others] = namesOf(files, field);
	if (name !== undefined && others.length === 0) return { files, name };
	return { files, name: toName(field, what) ?? fallback };
}
