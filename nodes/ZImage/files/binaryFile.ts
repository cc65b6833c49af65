import { createHash } from 'crypto';
import type { IBinaryKeyData } from 'n8n-workflow';

import { Failure } from '../errors/failure';
import type { FileHost } from '../host';
import type { ByteStream } from '../http/readBody';

/** A file of an item, however n8n stores it (memory, file system, database); not read yet. */
export interface BinaryFile {
	/** As n8n recorded it; it may be wrong. */
	readonly mimeType: string;
	/** Default: none. */
	readonly fileName?: string;
	/** Its size. */
	readonly bytes: number;
	/** The same for the same file, even when the node runs again. */
	readonly key: string;
	/** Decoded or read each time, because the files of all items together may not fit in memory. */
	readonly read: () => Promise<Buffer>;
	/** A file in n8n's binary storage stays a stream. */
	readonly open: () => Promise<Buffer | ByteStream>;
	/** The file in base64, if n8n keeps it in memory and the item itself contains it. */
	readonly base64?: string;
}

/**
 * Finds a file of an input item.
 * @param binary the item's files
 * @param propertyName field of them
 * @param what what errors call it, for example `source image`
 * @param otherwise how else the user can provide it, for example `provide the image as a URL`
 * @throws Failure when there is no such file
 */
export async function findBinaryFile(
	{ helpers }: Pick<FileHost, 'helpers'>,
	binary: IBinaryKeyData,
	propertyName: string,
	what: string,
	otherwise: string,
): Promise<BinaryFile> {
	const file = Object.hasOwn(binary, propertyName) ? binary[propertyName] : undefined;
	if (!file) {
		const names = Object.keys(binary);
		throw new Failure(
			`The input item has no file in the binary field "${propertyName}" for the ${what}`,
			{
				description:
					names.length > 0
						? `Nothing was sent. Its files are: ${names.join(', ')}.`
						: `Nothing was sent. The item has no files: check the nodes before this one, or ${otherwise}.`,
			},
		);
	}
	const { id, data, mimeType, fileName } = file;
	const named = { mimeType, ...(fileName !== undefined && { fileName }) };
	if (id) {
		const open = async () => await helpers.getBinaryStream(id);
		const { fileSize: bytes } = await helpers.getBinaryMetadata(id);
		return {
			...named,
			bytes,
			key: id,
			open,
			read: async () => await helpers.binaryToBuffer(await open()),
		};
	}
	const decode = () => Promise.resolve(Buffer.from(data, 'base64'));
	return {
		...named,
		bytes: Buffer.byteLength(data, 'base64'),
		key: createHash('sha256').update(data).digest('hex'),
		open: decode,
		read: decode,
		base64: data,
	};
}
