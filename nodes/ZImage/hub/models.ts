import type { INodeListSearchItems } from 'n8n-workflow';

import { huggingFaceUrl } from '../lora/hub';
import { maxTriggerLength } from '../lora/loras';
import { addNotesTo } from '../lora/paths';
import { isRecord } from '../values';

/** The number of LoRAs per page of the list. */
const pageSize = 40;

/**
 * The query of Hugging Face's list of models for the LoRAs of Z-Image Turbo, the most loaded first.
 * Its `search` only covers repository names.
 * Source: https://huggingface.co/docs/hub/api and list-models of Hugging Face's own client.
 */
export function modelsQuery(search: string | undefined, cursor: string | undefined): string {
	const query = new URLSearchParams({
		filter: 'base_model:adapter:Tongyi-MAI/Z-Image-Turbo',
		sort: 'downloads',
		direction: '-1',
		limit: String(pageSize),
		...(search && { search }),
		...(cursor && { cursor }),
	});
	for (const field of ['cardData', 'siblings', 'gated', 'private']) {
		query.append('expand[]', field);
	}
	return query.toString();
}

/** The cursor of the next page in a `Link` header. Nothing else of its URL is used. */
export function nextCursor(link: unknown): string | undefined {
	if (typeof link !== 'string') return undefined;
	const next = /<([^<>]*)>[^<>]*\brel="?next\b/.exec(link)?.[1];
	if (next === undefined || !URL.canParse(next, huggingFaceUrl)) return undefined;
	return new URL(next, huggingFaceUrl).searchParams.get('cursor') ?? undefined;
}

/** The weights files of a repository, starting with its top folder, because subfolders contain training checkpoints. */
function weightsOf(siblings: unknown): string[] {
	const files = (Array.isArray(siblings) ? siblings : []).flatMap((file: unknown) =>
		isRecord(file) && typeof file.rfilename === 'string' ? [file.rfilename] : [],
	);
	const depth = (file: string): number => file.split('/').length;
	return files
		.filter((file) => /^[^#?]+\.safetensors$/.test(file))
		.sort((a, b) => depth(a) - depth(b));
}

/**
 * The entries of the editor's list for one model: one for each of its weights files. None if it isn't a
 * model, has no weights, or isn't public, because providers load without a key.
 */
function entriesOf(model: unknown): INodeListSearchItems[] {
	if (!isRecord(model) || typeof model.id !== 'string') return [];
	const { id, gated, cardData, siblings } = model;
	const [, owner, name] = /^(\w[\w.-]*)\/(\w[\w.-]*)$/.exec(id) ?? [];
	// Training adapters aren't styles.
	if (name === undefined || /training[_-]adapter/i.test(name)) return [];
	if ((gated ?? false) !== false || model.private === true) return [];
	const prompt = isRecord(cardData) ? cardData.instance_prompt : undefined;
	const words = typeof prompt === 'string' ? prompt.trim() : '';
	// The nodes don't accept longer ones, and a truncated one isn't valid.
	const trigger = words.length > maxTriggerLength ? '' : words;
	const files = weightsOf(siblings);
	return files.map((file) => {
		const isOnly = files.length === 1;
		return {
			// The editor cuts long names: the part that distinguishes the files of a repository goes first.
			name: isOnly ? `${name} (${owner})` : `${file} (${id})`,
			value: isOnly ? addNotesTo(id, { trigger, file }) : addNotesTo(`${id}/${file}`, { trigger }),
			url: `${huggingFaceUrl}/${id}${isOnly ? '' : `/blob/main/${encodeURI(file)}`}`,
		};
	});
}

/**
 * Reads Hugging Face's list of models into entries of the editor's list. The value of an entry is a path
 * that `readPath` accepts, with the LoRA's trigger words and its only file; its URL is the web page.
 * @returns `undefined` if it isn't a list of models
 */
export function readModels(body: unknown): INodeListSearchItems[] | undefined {
	return Array.isArray(body) ? body.flatMap(entriesOf) : undefined;
}
