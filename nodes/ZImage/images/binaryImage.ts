import type { IBinaryKeyData } from 'n8n-workflow';

import { Failure } from '../errors/failure';
import type { BinaryFile } from '../files/binaryFile';
import { findBinaryFile } from '../files/binaryFile';
import type { UploadSource } from '../files/upload';
import type { FileHost } from '../host';
import type { ByteStream } from '../http/readBody';
import { ImageScan } from './imageScan';
import { scanStream } from './imageStream';
import type { ImageType } from './imageType';

/** An image among the files of an item, inspected but not fully read. */
export interface BinaryImage extends UploadSource, Pick<BinaryFile, 'read'> {
	readonly type: ImageType;
	/** Whether it has an alpha channel, regardless of its content. */
	readonly hasAlpha: boolean;
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
 * Inspects an image of an input item.
 * @param binary the item's files
 * @param propertyName field of them
 * @param what how errors name it, for example `source image`
 * @throws Failure when there is no such file, or when it isn't a PNG, JPEG or WebP image
 */
export async function inspectBinaryImage(
	host: Pick<FileHost, 'helpers'>,
	binary: IBinaryKeyData,
	propertyName: string,
	what: string,
): Promise<BinaryImage> {
	const otherwise = 'provide the image as a URL';
	const file = await findBinaryFile(host, binary, propertyName, what, otherwise);
	const { bytes, key, open, read, base64 } = file;
	const { type, hasAlpha } =
		base64 === undefined ? await scanStream((await open()) as ByteStream) : scanBase64(base64);
	if (!type) {
		throw new Failure(
			`The ${what} is not a PNG, JPEG or WebP image: content type of "${file.fileName ?? propertyName}": ${file.mimeType}`,
			{ description: 'Nothing was sent. Convert the file first, for example with Edit Image.' },
		);
	}
	const fileName = file.fileName ?? `${propertyName}.${type.extension}`;
	return { type, hasAlpha, contentType: type.mimeType, fileName, bytes, key, open, read };
}
