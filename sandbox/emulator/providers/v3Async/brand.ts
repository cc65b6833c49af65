import type { z } from 'zod';
import { jsonAnswer, type Answer } from '../../answer';
import type { ProviderName } from '../../hosts';
import type { V3Input } from './schemas';

type ErrorParts = readonly [status: number, reason: string, message: string];

/** The differences between the hosts of the v3/async family. */
export interface V3Brand {
	readonly name: ProviderName;
	readonly label: string;
	readonly models: Readonly<Record<string, z.ZodType<V3Input, z.ZodTypeDef, unknown>>>;
	readonly hasBalance: boolean;
	readonly notFound: ErrorParts;
	readonly noMoney: ErrorParts;
	/** The refusal, or undefined for a correct key. */
	checkKey(header: string | undefined, key: string): Answer | undefined;
	errorForStatus(status: number): Answer;
}

/** `{code, reason, message, metadata}`; the code repeats the status. [novita-sdk; docs: basic-error-code] */
export const v3Error = (status: number, reason: string, message: string): Answer =>
	jsonAnswer(status, { code: status, reason, message, metadata: {} });

/** The first error in a body. */
export function v3Issue(error: z.ZodError): Answer {
	const [issue] = error.issues;
	const field = issue?.path.join('.') ?? '';
	const message = issue?.message ?? 'invalid';
	return v3Error(400, 'INVALID_REQUEST_BODY', field === '' ? message : `${field}: ${message}`);
}

/** A brand's own messages for some status codes. */
export const errorsOf =
	(known: Readonly<Record<number, readonly [string, string]>>) => (status: number) => {
		const [reason, message] = known[status] ?? ['INTERNAL_ERROR', `error ${status}`];
		return v3Error(status, reason, message);
	};
