import { createHash } from 'node:crypto';

/** A repository of the stand-in, as its data file describes it. */
export interface Repository {
	/** owner/name */
	readonly id: string;
	readonly downloads: number;
	/** In addition to `.gitattributes` and `README.md`. */
	readonly files: readonly string[];
	/** The trigger words of its card: null if the card says null, undefined if it says nothing. */
	readonly trigger?: string | null;
	readonly licence?: string;
	readonly gated?: 'auto' | 'manual';
	/** The model that it adapts, if that isn't Z-Image Turbo. Null for a model that adapts none. */
	readonly base?: string | null;
	/** More tags. */
	readonly tags?: readonly string[];
}

const RELEASED = Date.UTC(2025, 10, 27);
const DAY_MS = 86_400_000;
const DAYS = 200;

/**
 * Everything that the hub can return for a model. A request chooses. [hub docs: /api/models; @huggingface/hub
 * list-models]
 */
export function modelInfo(repository: Repository): Record<string, unknown> & { tags: string[] } {
	const { id, downloads, files, trigger, licence = 'apache-2.0', gated = false } = repository;
	const { base = 'Tongyi-MAI/Z-Image-Turbo', tags: ownTags = [] } = repository;
	const hash = createHash('sha1').update(id).digest();
	const createdMs = RELEASED + (hash.readUInt32BE() % DAYS) * DAY_MS;
	const cardTags = [...(base === null ? [] : ['text-to-image', 'lora', 'diffusers']), ...ownTags];
	const adapted = base === null ? [] : [`base_model:${base}`, `base_model:adapter:${base}`];
	return {
		_id: hash.toString('hex').slice(0, 24),
		id,
		modelId: id,
		author: id.split('/')[0],
		sha: hash.toString('hex'),
		createdAt: new Date(createdMs).toISOString(),
		lastModified: new Date(createdMs + 3 * DAY_MS).toISOString(),
		private: false,
		gated,
		disabled: false,
		downloads,
		downloadsAllTime: downloads * 3,
		likes: Math.round(downloads / 37),
		pipeline_tag: 'text-to-image',
		library_name: 'diffusers',
		tags: [...cardTags, ...adapted, `license:${licence}`, 'region:us'],
		cardData: {
			...(base === null ? {} : { base_model: [base] }),
			license: licence,
			tags: cardTags,
			...(trigger === undefined ? {} : { instance_prompt: trigger }),
		},
		siblings: ['.gitattributes', 'README.md', ...files].map((rfilename) => ({ rfilename })),
		spaces: [],
		inferenceProviderMapping: providerMapping(repository),
	};
}

/** Where Hugging Face's client sends requests to a model. [huggingface.js: getInferenceProviderMapping] */
function providerMapping({
	id,
	files,
	base = 'Tongyi-MAI/Z-Image-Turbo',
}: Repository): readonly object[] {
	const common = {
		provider: 'fal-ai',
		hfModelId: id,
		status: 'live',
		task: 'text-to-image',
	};
	if (id === 'Tongyi-MAI/Z-Image-Turbo') {
		return [{ ...common, providerId: 'fal-ai/z-image/turbo' }];
	}
	const [weights, ...others] = files.filter((file) => file.endsWith('.safetensors'));
	if (base !== 'Tongyi-MAI/Z-Image-Turbo' || weights === undefined || others.length > 0) return [];
	const adapter = { adapter: 'lora', adapterWeightsPath: weights };
	return [{ ...common, ...adapter, providerId: 'fal-ai/z-image/turbo/lora' }];
}

const LIST_FIELDS = [
	'_id',
	'id',
	'likes',
	'private',
	'downloads',
	'tags',
	'pipeline_tag',
	'library_name',
	'createdAt',
	'modelId',
];
const FULL_FIELDS = [
	...LIST_FIELDS,
	'author',
	'sha',
	'lastModified',
	'gated',
	'disabled',
	'siblings',
];
export const DETAIL_FIELDS = [...FULL_FIELDS, 'cardData', 'spaces'];

/** With `expand`, only what it names, and both ids. */
export function listFields(expand: readonly string[], isFull: boolean): readonly string[] {
	if (expand.length > 0) return ['_id', 'id', ...expand];
	return isFull ? FULL_FIELDS : LIST_FIELDS;
}

export const pick = (info: Record<string, unknown>, fields: readonly string[]): object =>
	Object.fromEntries(fields.filter((field) => field in info).map((field) => [field, info[field]]));
