import { createHash } from 'crypto';
import type { IBinaryKeyData } from 'n8n-workflow';

import { Failure } from '../errors/failure';
import type { BinaryFile } from '../files/binaryFile';
import { findBinaryFile } from '../files/binaryFile';
import { headerEnd, lengthBytes, safetensorsFault } from '../files/safetensors';
import type { UploadSource } from '../files/upload';
import { uploadMs, uploadOnce } from '../files/upload';
import type { FileHost } from '../host';
import type { Client } from '../http/client';
import type { ImageRequest, Provider } from '../providers/provider';

/** How long a provider should keep a LoRA file: as long as a task may need it. Anyone with its URL can download it. */
const lifetimeSeconds = 7 * 24 * 3600;

const mebibyte = 1024 * 1024;

/** What is known about a file that was read once from start to end. */
interface Looked {
	/** What is wrong with it, as part of an error message. */
	readonly fault: string | undefined;
	readonly sha256: string;
}

async function read({ open, bytes }: BinaryFile): Promise<Looked> {
	const hash = createHash('sha256');
	const opened = await open();
	let beginning = Buffer.alloc(0);
	let wanted = lengthBytes + 1;
	for await (const chunk of Buffer.isBuffer(opened)
		? [opened]
		: (opened as AsyncIterable<Buffer>)) {
		hash.update(chunk);
		if (beginning.length >= wanted) continue;
		beginning = Buffer.concat([beginning, chunk]);
		wanted = headerEnd(beginning, bytes) ?? wanted;
	}
	return { fault: safetensorsFault(beginning, bytes), sha256: hash.digest('hex') };
}

/** The files that a run has read, by their keys. */
const looks = new WeakMap<object, Map<string, Promise<Looked>>>();

/** Reads a file once per run, no matter how many items use it. */
async function lookOnce(host: Pick<FileHost, 'helpers'>, file: BinaryFile): Promise<Looked> {
	const ofRun = looks.get(host) ?? new Map<string, Promise<Looked>>();
	looks.set(host, ofRun);
	const looked = ofRun.get(file.key) ?? read(file);
	ofRun.set(file.key, looked);
	return await looked;
}

/** A name that can end its URL. Some loaders rely on the extension. */
function nameOf(fileName: string): string {
	const name = fileName.replace(/[^\w.-]+/g, '_').slice(-100);
	return /\.safetensors$/i.test(name) ? name : `${name}.safetensors`;
}

/** The files of LoRAs, by the reference that a request has until they are uploaded. */
export type LoraFiles = ReadonlyMap<string, UploadSource>;

/** The reference to a LoRA file when a request is compared with an earlier one: the same for the same content. */
export function referenceOf({ key }: UploadSource): string {
	return `binary:${key}`;
}

/**
 * Inspects a LoRA file of an item, and reads it to identify it by its content.
 * @param binary the item's files
 * @param propertyName field of them
 * @param maxBytes the largest file that the provider accepts
 * @throws Failure when it's missing, too large, not a safetensors file, or incomplete
 */
export async function inspectLoraFile(
	host: Pick<FileHost, 'helpers'>,
	{ displayName }: Provider,
	maxBytes: number,
	binary: IBinaryKeyData,
	propertyName: string,
): Promise<UploadSource> {
	const file = await findBinaryFile(
		host,
		binary,
		propertyName,
		'LoRA',
		'choose the LoRA By ID or By URL',
	);
	const { bytes, open } = file;
	const fileName = file.fileName ?? propertyName;
	if (bytes > maxBytes) {
		throw new Failure(
			`The LoRA file "${fileName}" must have at most ${maxBytes / mebibyte} MiB on ${displayName} (got ${(bytes / mebibyte).toFixed(1)} MiB)`,
			{
				kind: 'lora',
				description:
					'Nothing was sent. A LoRA is usually smaller: check that the file is not a whole model. For a larger one, choose By URL.',
			},
		);
	}
	const { fault, sha256 } = await lookOnce(host, file);
	if (fault !== undefined) {
		throw new Failure(`The LoRA file "${fileName}" is not a complete .safetensors file: ${fault}`, {
			kind: 'lora',
			description:
				'Nothing was sent. Check the node that downloads the file: the link may need a login or may open a page.',
		});
	}
	return {
		contentType: 'application/octet-stream',
		fileName: nameOf(fileName),
		bytes,
		key: sha256,
		lifetimeSeconds,
		open,
	};
}

/**
 * A request whose LoRAs can all be loaded by the provider. Files that aren't uploaded yet are uploaded, each once per run.
 * This doesn't count against the task's timeout, because a LoRA can be too large for it.
 * @throws Failure when a file can't be uploaded; then nothing is submitted
 */
export async function withUploadedLoras(
	host: FileHost,
	client: Client,
	request: ImageRequest,
	files: LoraFiles,
	signal: AbortSignal,
): Promise<ImageRequest> {
	const upload = client.provider.files?.upload;
	if (files.size === 0 || !upload) return request;
	const loras: ImageRequest['loras'][number][] = [];
	for (const lora of request.loras) {
		const file = files.get(lora.path);
		if (!file) {
			loras.push(lora);
			continue;
		}
		// Leaves time for a second attempt.
		const deadline = client.clock.now() + 2 * uploadMs(file.bytes);
		const path = await uploadOnce(host, client, upload, file, { deadline, signal });
		loras.push({ ...lora, path });
	}
	return { ...request, loras };
}
