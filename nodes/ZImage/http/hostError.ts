import { shorten } from '../errors/failure';
import { withCauses } from './networkError';

/** n8n itself failed to read the credential or to store a file. The provider isn't involved. */
export class HostError extends Error {
	/** @param isLasting whether a retry would fail too */
	constructor(
		reason: string,
		readonly isLasting: boolean,
	) {
		super(reason);
	}
}

/** Disk errors that don't go away by themselves. */
const lastingCodes: ReadonlySet<unknown> = new Set([
	'ENOSPC',
	'EDQUOT',
	'EACCES',
	'EPERM',
	'EROFS',
]);

/** The message of the n8n error that caused an error. */
export function toHostError(error: unknown): HostError {
	const faults = withCauses(error);
	const innermost = faults.at(-1);
	const reason = innermost instanceof Error ? innermost.message : String(error);
	const isLasting = faults.some((fault) => 'code' in fault && lastingCodes.has(fault.code));
	return new HostError(shorten(reason), isLasting);
}

/** Names of n8n's error classes for problems that the user has to fix, such as a credential that was deleted. */
const userErrors: ReadonlySet<unknown> = new Set(['Failure', 'NodeOperationError', 'UserError']);

/**
 * Whether an error of n8n is about the user's settings. n8n may load the classes several times, so they're recognized by
 * name.
 */
export function isOfUser(error: object): boolean {
	for (let type: unknown = error; type; type = Object.getPrototypeOf(type)) {
		const { constructor } = type as { constructor?: { name?: string } };
		if (userErrors.has(constructor?.name)) return true;
	}
	return false;
}
