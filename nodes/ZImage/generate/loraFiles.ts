import type { IBinaryKeyData } from 'n8n-workflow';

import { Failure } from '../errors/failure';
import type { UploadSource } from '../files/upload';
import type { FileHost } from '../host';
import type { Client } from '../http/client';
import { assertReachable } from '../http/urls';
import type { LoraFiles } from '../lora/loraFile';
import { inspectLoraFile, referenceOf } from '../lora/loraFile';
import { binaryFieldIn } from '../lora/paths';
import type { Lora, Provider } from '../providers/provider';
import { loraFileProviders } from '../providers/registry';
import { listOf } from '../run/listOf';

function noFiles({ displayName, isOwnServer }: Provider): Failure {
	if (isOwnServer) {
		return new Failure(`${displayName} can't receive LoRA files from a binary field`, {
			kind: 'lora',
			description:
				"Nothing was sent. The server's API has no upload for LoRAs. Copy the file to its LoRA folder (in ComfyUI: models/loras), then choose By File.",
		});
	}
	const others = listOf(loraFileProviders.map((provider) => provider.displayName));
	return new Failure(`${displayName} can't load a LoRA from a binary field`, {
		kind: 'lora',
		description: `Nothing was sent. Upload the .safetensors file to Hugging Face and choose By ID, or choose By URL with a direct link that needs no login. Providers that load it from a binary field: ${others}.`,
	});
}

/** @throws Failure for the link of a LoRA that the provider can't reach */
export function assertLorasReachable(
	{ baseUrl, provider }: Pick<Client, 'baseUrl' | 'provider'>,
	loras: readonly Lora[],
): void {
	for (const { path } of loras) {
		if (!/^https?:/i.test(path)) continue;
		assertReachable(new URL(path), baseUrl, 'The link of a LoRA', provider.displayName);
	}
}

/** LoRAs as a request refers to them, and the files among them. */
interface ReadLoras {
	readonly loras: readonly Lora[];
	readonly loraFiles: LoraFiles;
}

/**
 * Inspects the LoRAs of an item that come from its own files.
 * @param loras as returned by `readLoras`, which refers to a file by its field
 * @param binary the item's files
 * @returns the LoRAs; a reference to its content replaces each file
 * @throws Failure when the provider can't load them, or when a file isn't a LoRA
 */
export async function readLoraFiles(
	host: Pick<FileHost, 'helpers'>,
	provider: Provider,
	loras: readonly Lora[],
	binary: IBinaryKeyData,
): Promise<ReadLoras> {
	const loraFiles = new Map<string, UploadSource>();
	const named: Lora[] = [];
	for (const lora of loras) {
		const field = binaryFieldIn(lora.path);
		if (field === undefined) {
			named.push(lora);
			continue;
		}
		const maxBytes = provider.files?.maxLoraBytes;
		if (maxBytes === undefined) throw noFiles(provider);
		const file = await inspectLoraFile(host, provider, maxBytes, binary, field);
		const path = referenceOf(file);
		loraFiles.set(path, file);
		named.push({ ...lora, path });
	}
	return { loras: named, loraFiles };
}
