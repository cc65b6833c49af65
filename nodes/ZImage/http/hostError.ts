import { shorten } from '../errors/failure';
import { withCauses } from './networkError';

/** n8n itself could not do its part: read the credential, or keep a file. The provider has no part in it. */
export class HostError extends Error {
	/** @param isLasting trying again doesn't help */
	constructor(
		reason: string,
		readonly isLasting: boolean,
	) {
		super(reason);
	}
}

/** Faults of a disk that do not go away by themselves. */
const lastingCodes: ReadonlySet<unknown> = new Set([
	'ENOSPC',
	'EDQUOT',
	'EACCES',
	'EPERM',
	'EROFS',
]);

/** The error of n8n that is behind an error, in its own words. */
export function toHostError(error: unknown): HostError {
	const faults = withCauses(error);
	const innermost = faults.at(-1);
	const reason = innermost instanceof Error ? innermost.message : String(error);
	const isLasting = faults.some((fault) => 'code' in fault && lastingCodes.has(fault.code));
	return new HostError(shorten(reason), isLasting);
}

/** Names of n8n's classes of errors that a user has to mend, such as a credential that was deleted. */
const userErrors: ReadonlySet<unknown> = new Set(['Failure', 'NodeOperationError', 'UserError']);

/**
 * Whether an error of n8n is about what the user has set. n8n may load the classes several times, so they're told by
 * their names.
 */
export function isOfUser(error: object): boolean {
	for (let type: unknown = error; type; type = Object.getPrototypeOf(type)) {
		const { constructor } = type as { constructor?: { name?: string } };
		if (userErrors.has(constructor?.name)) return true;
	}
	return false;
}
