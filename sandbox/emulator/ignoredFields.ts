import type { HostName } from './hosts';

/** The fields of a request that its provider ignores, such as unknown names. */
export interface IgnoredFields {
	readonly provider: HostName;
	/** As paths, such as `loras.0.weight`. */
	readonly fields: readonly string[];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null;

/** The paths of what was sent but isn't in what was read. */
export function ignoredFields(sent: unknown, read: unknown): string[] {
	if (!isObject(sent) || !isObject(read)) return [];
	return Object.entries(sent).flatMap(([name, value]) =>
		name in read ? ignoredFields(value, read[name]).map((path) => `${name}.${path}`) : [name],
	);
}
