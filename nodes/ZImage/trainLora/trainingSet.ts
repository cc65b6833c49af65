import { createHash } from 'crypto';

import { Failure } from '../errors/failure';
import { findBinaryFile } from '../files/binaryFile';
import type { UploadSource } from '../files/upload';
import { uploadOnce } from '../files/upload';
import type { FileHost } from '../host';
import type { Client } from '../http/client';
import { assertReachable } from '../http/urls';
import { ImageScan } from '../images/imageScan';
import { addTriggers } from '../lora/triggers';
import type { Provider, ProviderTraining } from '../providers/provider';
import { namedFile } from '../run/itemFiles';
import type { TaskLimits } from '../tasks/task';
import { toText } from '../values';
import { crc32 } from './crc32';
import type { ImageParameters } from './parameters';
import type { ZipEntry } from './zip';
import { openZip, textEntry, zipBytes, zipLimits } from './zip';

/** What a training learns from: images with their captions in a zip. */
export interface TrainingSet {
	/** The same for the same images and captions, wherever their zip is. */
	readonly fingerprint: string;
	/** `null` of a zip that the user has made. */
	readonly imageCount: number | null;
	/** Puts the zip where the provider can get it; nothing of that is paid. */
	readonly toUrl: (client: Client, limits: TaskLimits) => Promise<string>;
}

/** How long the provider is to keep the zip, where it can be told so: the images may be private. */
const lifetimeSeconds = 7 * 24 * 60 * 60;

const mebibyte = 1024 * 1024;

function fault(message: string, itemIndex: number, description: string): Failure {
	return new Failure(message, { itemIndex, description: `Nothing was sent. ${description}` });
}

/** Puts the item's index into the error of one item. */
function ofItem(error: unknown, itemIndex: number): unknown {
	return error instanceof Failure
		? new Failure(error.message, { ...error.details, itemIndex })
		: error;
}

/** Reads one image, without keeping it: what it is, whether it's whole, and its CRC-32. */
async function readImage(
	host: FileHost,
	{ files: given, field }: ImageParameters,
	itemIndex: number,
): Promise<Omit<ZipEntry, 'name'> & { readonly extension: string }> {
	const { files, name } = namedFile(given, field, 'Input Binary Field', 'data');
	const what = 'training image';
	const file = await findBinaryFile(host, files, name, what, 'provide the URL of a zip');
	const scan = new ImageScan();
	let crc = 0;
	const opened = await file.open();
	for await (const chunk of Buffer.isBuffer(opened)
		? [opened]
		: (opened as AsyncIterable<Buffer>)) {
		scan.push(chunk);
		crc = crc32(chunk, crc);
	}
	const called = `"${file.fileName ?? name}"`;
	const { type, size: bytes } = scan;
	if (!type) {
		throw fault(
			`The training image ${called} of item ${itemIndex} is not a PNG, JPEG or WebP image (content type: ${file.mimeType})`,
			itemIndex,
			'Convert the file first, for example with Edit Image, or remove the item.',
		);
	}
	if (!scan.isWhole(true)) {
		throw fault(
			`The training image ${called} of item ${itemIndex} is incomplete`,
			itemIndex,
			'Its end is missing: get the file again, or remove the item.',
		);
	}
	return { extension: type.extension, bytes, crc, open: file.open };
}

/** The caption of an image: it has the trigger word once, in front unless it's in there already. */
export function captionOf(caption: unknown, triggerWord: string, itemIndex?: number): string {
	const field = itemIndex === undefined ? 'Default Caption' : `Caption of item ${itemIndex}`;
	return addTriggers((toText(caption, field) ?? '').trim(), [triggerWord]);
}

/** The entries of one image: it and its caption, which providers find by its name. */
async function entriesOf(
	host: FileHost,
	image: ImageParameters,
	triggerWord: string,
	itemIndex: number,
): Promise<ZipEntry[]> {
	const caption = captionOf(image.caption, triggerWord, itemIndex);
	const { extension, ...file } = await readImage(host, image, itemIndex);
	// Names of ours: those of the files may be equal, or hold what a zip or a provider takes amiss.
	const name = String(itemIndex + 1).padStart(3, '0');
	return [{ ...file, name: `${name}.${extension}` }, textEntry(`${name}.txt`, caption)];
}

function checkSize(
	{ displayName }: Provider,
	{ maxArchiveBytes }: ProviderTraining,
	entries: readonly ZipEntry[],
): number {
	const bytes = zipBytes(entries);
	const most = Math.min(maxArchiveBytes, zipLimits.bytes);
	if (bytes > most) {
		throw new Failure(
			`The training images have ${(bytes / mebibyte).toFixed(0)} MiB together, but must have at most ${Math.floor(most / mebibyte)} MiB on ${displayName}`,
			{
				description:
					'Nothing was sent. Make the images smaller (1024 pixels are enough), or use fewer.',
			},
		);
	}
	if (entries.length > zipLimits.entries) {
		throw new Failure(
			`A training must have at most ${Math.floor(zipLimits.entries / 2)} images (got ${entries.length / 2})`,
			{ description: 'Nothing was sent. Use fewer images.' },
		);
	}
	return bytes;
}

/**
 * Reads the images of all items, one after the other, and checks them.
 * @throws Failure that names the item of an image that can't be used
 */
export async function setOfItems(
	host: FileHost,
	provider: Provider,
	training: ProviderTraining,
	images: readonly ImageParameters[],
	triggerWord: string,
): Promise<TrainingSet> {
	const entries: ZipEntry[] = [];
	for (const [itemIndex, image] of images.entries()) {
		entries.push(
			...(await entriesOf(host, image, triggerWord, itemIndex).catch((error: unknown) => {
				throw ofItem(error, itemIndex) as Error;
			})),
		);
	}
	const bytes = checkSize(provider, training, entries);
	const contents = entries.map(({ name, bytes: size, crc }) => [name, size, crc]);
	const fingerprint = createHash('sha256').update(JSON.stringify(contents)).digest('hex');
	const zip: UploadSource = {
		contentType: 'application/zip',
		fileName: 'z-image-training.zip',
		bytes,
		lifetimeSeconds,
		key: fingerprint,
		open: async () => await openZip(entries),
	};
	const { upload } = provider.files ?? {};
	return {
		fingerprint,
		imageCount: images.length,
		async toUrl(client, limits) {
			if (!upload) throw new Failure(`${provider.displayName} has no storage for a zip`);
			return await uploadOnce(host, client, upload, zip, limits);
		},
	};
}

/**
 * A zip on the web, which the provider fetches.
 * @throws Failure when it is no http or https URL, has a password, or can't be reached from outside
 */
export function setAtUrl({ baseUrl, provider }: Client, zipUrl: string | undefined): TrainingSet {
	if (zipUrl === undefined) {
		throw new Failure('Zip URL is empty', {
			description: 'Nothing was sent. Enter the URL of a zip with images, or choose Binary Files.',
		});
	}
	const url = URL.canParse(zipUrl) ? new URL(zipUrl) : undefined;
	if (!url || !/^https?:$/.test(url.protocol)) {
		throw new Failure(
			`Zip URL must start with http:// or https:// (got ${url?.protocol ?? 'no URL'})`,
			{
				description: 'Nothing was sent. The provider downloads the zip, so the URL must be public.',
			},
		);
	}
	if (url.username !== '' || url.password !== '') {
		throw new Failure('Zip URL has a user name or password', {
			description:
				'Nothing was sent. It would be sent to the provider. Use a link that needs no login, such as a pre-signed URL.',
		});
	}
	assertReachable(url, baseUrl, 'Zip URL', provider.displayName);
	return {
		fingerprint: url.href,
		imageCount: null,
		toUrl: async () => await Promise.resolve(url.href),
	};
}
