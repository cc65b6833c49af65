import type { IBinaryData } from 'n8n-workflow';

import type { FileHost } from '../host';
import { toHostError } from '../http/hostError';
import { toBrokenAnswer } from '../http/networkError';
import type { StreamedAnswer } from '../http/open';
import type { ByteStream } from '../http/readBody';

/** Puts a file into n8n's binary store. An error there is n8n's own, unless the stream itself failed. */
export async function keepFile(
	{ helpers }: FileHost,
	file: Buffer | ByteStream,
	fileName: string,
	mimeType: string,
): Promise<IBinaryData> {
	try {
		return await helpers.prepareBinaryData(file, fileName, mimeType);
	} catch (error) {
		if (!Buffer.isBuffer(file) && file.errored) throw toBrokenAnswer(file.errored);
		throw toHostError(error);
	}
}

/**
 * Whether HTTP itself proves that this many bytes are the whole body. A compressed body is larger than
 * announced.
 */
export function saysWhole(headers: StreamedAnswer['headers'], size: number): boolean {
	const announced = headers['content-length'];
	return announced === undefined
		? headers['transfer-encoding'] === 'chunked'
		: size >= Number(announced);
}
