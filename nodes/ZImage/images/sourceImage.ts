import type { IBinaryKeyData } from 'n8n-workflow';

import { Failure, show } from '../errors/failure';
import type { FileHost } from '../host';
import type { Client } from '../http/client';
import type { FileInput, ImageRequest, Provider } from '../providers/provider';
import type { BinaryImage } from './binaryImage';
import { inspectBinaryImage } from './binaryImage';
import type { MaskFault } from './maskFault';
import { findMaskFault } from './maskFault';
import type { UploadLimits } from '../files/upload';
import { uploadOnce } from '../files/upload';

/** A source image or mask of a request. */
export interface SourceImage {
	/** Identifies the image when a request is compared with an earlier one. */
	readonly reference: string;
	/** Pixels; `null` if they aren't known. */
	readonly width: number | null;
	readonly height: number | null;
	/** Whether it's sent inside the request although the provider only documents URLs. */
	readonly isGuess: boolean;
	/** Checks why it may not work as a mask. Undefined if the file isn't available here. */
	readonly maskFault?: () => Promise<MaskFault | undefined>;
	/** Turns it into a URL or a `data:` URI for the request. Uploads the file if needed. */
	readonly toUrl: (client: Client, limits: UploadLimits) => Promise<string>;
}

/** Cleans up an address like a browser: removes line breaks and other control characters, and encodes spaces. */
function clean(url: string): string {
	return url
		.replace(/\p{Cc}/gu, '')
		.trim()
		.replace(/\s/g, encodeURIComponent);
}

/** Text before an @ may be a password. */
function showUrl(url: string): string {
	const at = url.lastIndexOf('@');
	return show(at < 0 ? url : `…${url.slice(at)}`);
}

/**
 * An image URL, which the provider downloads.
 * @throws Failure when it isn't an http or https URL, or has a password
 */
export function imageAtUrl(url: string, what: string): SourceImage {
	const text = clean(url);
	const parsed = URL.canParse(text) ? new URL(text) : undefined;
	if (parsed && (parsed.username !== '' || parsed.password !== '')) {
		throw new Failure(`The URL of the ${what} has a user name or password`, {
			description:
				'Nothing was sent. It would be sent to the provider and stored with the items. Use a link that needs no login, such as a pre-signed URL.',
		});
	}
	if (!parsed || !/^https?:$/.test(parsed.protocol)) {
		throw new Failure(
			`The URL of the ${what} must start with http:// or https:// (got ${showUrl(url)})`,
			{
				description:
					'Nothing was sent. The provider downloads the image, so the URL must be public. To use a file from the workflow, choose Binary File.',
			},
		);
	}
	return {
		reference: text,
		width: null,
		height: null,
		isGuess: false,
		toUrl: () => Promise.resolve(text),
	};
}

const mebibyte = 1024 * 1024;

function checkBytes(
	{ displayName }: Provider,
	{ maxBytes }: FileInput,
	bytes: number,
	what: string,
) {
	if (bytes <= maxBytes) return;
	throw new Failure(
		`The ${what} has ${(bytes / mebibyte).toFixed(1)} MiB, but ${displayName} takes at most ${maxBytes / mebibyte} MiB`,
		{ description: 'Nothing was sent. Make the image smaller, or provide it as a URL.' },
	);
}

async function toDataUri({ type, read }: BinaryImage): Promise<string> {
	return `data:${type.mimeType};base64,${(await read()).toString('base64')}`;
}

/**
 * An image among the files of an input item.
 * @param binary the item's files
 * @param propertyName field of them
 * @param what how errors name it
 * @throws Failure when it's missing, not an image or too large
 */
export async function imageInBinary(
	host: FileHost,
	provider: Provider,
	files: FileInput,
	binary: IBinaryKeyData,
	propertyName: string,
	what: string,
): Promise<SourceImage> {
	const image = await inspectBinaryImage(host, binary, propertyName, what);
	checkBytes(provider, files, image.bytes, what);
	const { upload, maxInlineBytes } = files;
	return {
		reference: `binary:${image.key}`,
		width: image.type.width,
		height: image.type.height,
		isGuess: files.isGuess === true,
		maskFault: async () => await findMaskFault(image),
		async toUrl(client, limits) {
			if (!upload || image.bytes <= maxInlineBytes) return await toDataUri(image);
			return await uploadOnce(host, client, upload, image, limits);
		},
	};
}

/** The source image and mask of one item's request. */
export interface SourceImages {
	readonly image?: SourceImage;
	readonly mask?: SourceImage;
}

/** The request with images in a form that the provider can load. Uploads files if needed. */
export async function withSourceImages(
	client: Client,
	request: ImageRequest,
	{ image, mask }: SourceImages,
	limits: UploadLimits,
): Promise<ImageRequest> {
	return {
		...request,
		...(image && { image: await image.toUrl(client, limits) }),
		...(mask && { mask: await mask.toUrl(client, limits) }),
	};
}
