import { jsonAnswer, type Answer } from '../answer';
import { INVENTED } from './inventedRepositories';
import { KNOWN } from './knownRepositories';
import { listFields, modelInfo, pick } from './repository';

/** [@huggingface/hub list-models: the keys of expand] */
const EXPANDABLE = new Set(
	'author cardData config createdAt disabled downloads downloadsAllTime gated gguf inference inferenceProviderMapping lastModified library_name likes mask_token model-index pipeline_tag private safetensors sha siblings spaces tags transformersInfo trendingScore widgetData'.split(
		' ',
	),
);
const SORTABLE = new Set(['downloads', 'likes', 'createdAt', 'lastModified', 'trendingScore']);

/** GUESS: the maximum and default page size. */
const MOST_MODELS = 1000;

export const MODELS = [...KNOWN, ...INVENTED].map(modelInfo);

export const hubError = (status: number, error: string): Answer => jsonAnswer(status, { error });

/** The names after `expand[]=` or `expand=`, or their error. GUESS: the message of the refusal. */
export function readExpand(query: URLSearchParams): readonly string[] | Answer {
	const expand = [...query.getAll('expand[]'), ...query.getAll('expand')];
	const unknown = expand.find((field) => !EXPANDABLE.has(field));
	return unknown === undefined ? expand : hubError(400, `Invalid option for expand: "${unknown}"`);
}

/** The words that a model's ID must contain. "Filter based on substrings for repos and their usernames." */
const searchWords = (query: URLSearchParams): string[] =>
	(query.get('search') ?? '')
		.toLowerCase()
		.split(/\s+/)
		.filter((word) => word !== '' && !word.startsWith('sandbox-hub-'));

/** `GET /api/models`. [hub docs: api; provider notes 6.3] */
export function listModels(url: URL): Answer {
	const query = url.searchParams;
	const expand = readExpand(query);
	if ('status' in expand) return expand;
	const sort = query.get('sort');
	// GUESS: how an unknown sort key or cursor is refused.
	if (sort !== null && !SORTABLE.has(sort)) return hubError(400, `Invalid sort key: "${sort}"`);
	const offset = readCursor(query.get('cursor'));
	if (offset === undefined) return hubError(400, 'Invalid cursor');
	const limit = Math.min(Number(query.get('limit') ?? MOST_MODELS), MOST_MODELS);
	if (!Number.isInteger(limit) || limit < 1) return hubError(400, 'Invalid limit');

	const wanted = query.getAll('filter').flatMap((tags) => tags.split(','));
	const words = searchWords(query);
	const author = query.get('author');
	const found = MODELS.filter(
		({ tags, ...info }) =>
			wanted.every((tag) => tags.includes(tag)) &&
			// GUESS: that each of several words must occur.
			words.every((word) => String(info['id']).toLowerCase().includes(word)) &&
			(author === null || info['author'] === author),
	);
	if (sort !== null) found.sort(comparing(sort, query.get('direction') === '-1' ? -1 : 1));
	const fields = listFields(expand, query.get('full') === 'true');
	const page = found.slice(offset, offset + limit).map((info) => pick(info, fields));
	const isLast = offset + limit >= found.length;
	return jsonAnswer(200, page, isLast ? {} : { link: nextLink(url, offset + limit) });
}

const comparing = (sort: string, direction: number) => {
	const compare = (one: unknown, other: unknown) =>
		typeof one === 'number' && typeof other === 'number'
			? one - other
			: String(one).localeCompare(String(other));
	type Info = Record<string, unknown>;
	return (one: Info, other: Info) => direction * compare(one[sort], other[sort]);
};

/** A cursor is opaque. Here it is the number of models to skip. */
function readCursor(cursor: string | null): number | undefined {
	if (cursor === null) return 0;
	const offset = Number(/^after:(\d+)$/.exec(Buffer.from(cursor, 'base64').toString())?.[1]);
	return Number.isInteger(offset) ? offset : undefined;
}

function nextLink(url: URL, offset: number): string {
	const next = new URL(url);
	next.searchParams.set('cursor', Buffer.from(`after:${offset}`).toString('base64'));
	return `<${next.href}>; rel="next"`;
}
