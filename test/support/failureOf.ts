import { Failure } from '../../nodes/ZImage/errors/failure';

/** The failure that a promise rejects with. */
export function failureOf(work: () => unknown): Failure {
	try {
		work();
	} catch (error) {
		if (error instanceof Failure) return error;
		throw error;
	}
	throw new Error('Expected a failure');
}
