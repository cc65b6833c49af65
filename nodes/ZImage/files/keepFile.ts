import type { IBinaryData } from 'n8n-workflow';

import type { FileHost } from '../host';
import { toHostError } from '../http/hostError';
import { toBrokenAnswer } from '../http/networkError';
import type { StreamedAnswer } from '../http/open';
import type { ByteStream } from '../http/readBody';

/** Puts a file into n8n's binary store. A fault there is n8n's own, unless it's the stream that has broken. */
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

/** Whether HTTP itself says that so many bytes are the whole body: what is unpacked on the way has more than announced. */
export function saysWhole(headers: StreamedAnswer['headers'], size: number): boolean {
	const announced = headers['content-length'];
	return announced === undefined
		? headers['transfer-encoding'] === 'chunked'
		: size >= Number(announced);
}
