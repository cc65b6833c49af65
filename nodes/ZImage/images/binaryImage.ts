import { createHash } from 'crypto';
import type { IBinaryKeyData } from 'n8n-workflow';

import { Failure } from '../errors/failure';
import type { FileHost } from '../host';
import type { ByteStream } from '../http/readBody';
import { ImageScan } from './imageScan';
import { scanStream } from './imageStream';
import type { ImageType } from './imageType';

/** An image among the files of an item, inspected but not fully read. */
export interface BinaryImage {
	readonly type: ImageType;
	/** Whether it has an alpha channel, regardless of its content. */
	readonly hasAlpha: boolean;
	/** Its size. */
	readonly bytes: number;
	readonly fileName: string;
	/** The same for the same file, even when the node runs again. */
	readonly key: string;
	readonly read: () => Promise<Buffer>;
	/** A file in n8n's binary storage stays a stream. */
	readonly open: () => Promise<Buffer | ByteStream>;
}

/** How much of a base64 file is decoded at a time: a multiple of 4 characters. */
const sliceLength = 128 * 1024;

function scanBase64(data: string): ImageScan {
	const scan = new ImageScan();
	for (let offset = 0; offset < data.length && !scan.isKnown; offset += sliceLength) {
		scan.push(Buffer.from(data.slice(offset, offset + sliceLength), 'base64'));
	}
	return scan;
}

/**
 * Inspects a file of an input item, however n8n stores it (memory, file system, database).
 * @param binary the item's files
 * @param propertyName field of them
 * @param what how errors name it, for example `source image`
 * @throws Failure when there is no such file, or when it isn't a PNG, JPEG or WebP image
 */
export async function inspectBinaryImage(
	{ helpers }: Pick<FileHost, 'helpers'>,
	binary: IBinaryKeyData,
	propertyName: string,
	what: string,
): Promise<BinaryImage> {
	const file = Object.hasOwn(binary, propertyName) ? binary[propertyName] : undefined;
	if (!file) {
		const names = Object.keys(binary);
		throw new Failure(
			`The input item has no file in the binary field "${propertyName}" for the ${what}`,
			{
				description:
					names.length > 0
						? `Nothing was sent. Its files are: ${names.join(', ')}.`
						: 'Nothing was sent. The item has no files: check the nodes before this one, or provide the image as a URL.',
			},
		);
	}
	const { id, data, mimeType, fileName } = file;
	const { type, hasAlpha } = id
		? await scanStream(await helpers.getBinaryStream(id))
		: scanBase64(data);
	if (!type) {
		throw new Failure(
			`The ${what} is not a PNG, JPEG or WebP image: content type of "${fileName ?? propertyName}": ${mimeType}`,
			{ description: 'Nothing was sent. Convert the file first, for example with Edit Image.' },
		);
	}
	const decode = () => Buffer.from(data, 'base64');
	return {
		type,
		hasAlpha,
		bytes: id ? (await helpers.getBinaryMetadata(id)).fileSize : Buffer.byteLength(data, 'base64'),
		fileName: fileName ?? `${propertyName}.${type.extension}`,
		key: id ?? createHash('sha256').update(data).digest('hex'),
		// Decoded each time, because the files of all items together may not fit in memory.
		read: async () =>
			id ? await helpers.binaryToBuffer(await helpers.getBinaryStream(id)) : decode(),
		open: async () => (id ? await helpers.getBinaryStream(id) : decode()),
	};
}
