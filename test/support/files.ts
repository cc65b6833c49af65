import { createHash } from 'crypto';
import type { IBinaryData, IBinaryKeyData, IExecuteFunctions } from 'n8n-workflow';
import { Readable } from 'stream';

import type { ByteStream } from '../../nodes/ZImage/http/readBody';
import { nodeOf } from './node';
import { strictContext } from './strictContext';

/** An item's file as n8n keeps it in memory. */
export function inMemory(bytes: Buffer, more: Partial<IBinaryData> = {}): IBinaryData {
	return { data: bytes.toString('base64'), mimeType: 'image/png', ...more };
}

/** What is read from n8n's binary store. */
interface StoredFile {
	readonly bytes: Buffer;
	/** Default: the size of the bytes. */
	readonly fileSize?: number;
}

export interface FilesContext {
	readonly context: IExecuteFunctions;
	/** The requests to n8n's binary store, in order. */
	readonly asked: string[];
	/** The streams that the store returned. */
	readonly streams: ByteStream[];
}

/** A node's context whose items have files. Files with an ID are in a store with the given contents. */
export function contextWithFiles(
	items: ReadonlyArray<IBinaryKeyData | undefined>,
	store: Readonly<Record<string, StoredFile>> = {},
	parameters: Readonly<Record<string, unknown>> = {},
): FilesContext {
	const asked: string[] = [];
	const streams: ByteStream[] = [];
	const find = (id: string) => {
		const file = store[id];
		if (!file) throw new Error(`ENOENT: ${id}`);
		return file;
	};
	const helpers = strictContext({
		async getBinaryStream(id: string) {
			asked.push(`stream ${id}`);
			const { bytes } = find(id);
			let offset = 0;
			const stream: ByteStream = new Readable({
				read() {
					const chunk = bytes.subarray(offset, (offset += 50_000));
					this.push(chunk.length > 0 ? chunk : null);
				},
			});
			streams.push(stream);
			return stream;
		},
		async getBinaryMetadata(id: string) {
			asked.push(`metadata ${id}`);
			const { bytes, fileSize = bytes.length } = find(id);
			return { fileSize };
		},
		async binaryToBuffer(stream: ByteStream) {
			return await bytesOf(stream);
		},
	});
	const context = strictContext({
		getNode: () => nodeOf({ typeVersion: 1 }),
		getInputData: () => items.map((binary) => ({ json: {}, ...(binary && { binary }) })),
		getNodeParameter: (name: string, _: number, fallback?: unknown) =>
			name in parameters ? parameters[name] : fallback,
		helpers,
	});
	return { context: context, asked, streams };
}

export function sha256(data: Buffer | string): string {
	return createHash('sha256').update(data).digest('hex');
}

export async function bytesOf(data: Buffer | ByteStream): Promise<Buffer> {
	if (Buffer.isBuffer(data)) return data;
	const chunks: Buffer[] = [];
	for await (const chunk of data as AsyncIterable<Buffer>) chunks.push(chunk);
	return Buffer.concat(chunks);
}
