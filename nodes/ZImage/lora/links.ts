import { Failure } from '../errors/failure';
import { hubRepositoryPattern, huggingFaceUrl, loraHostPattern } from './hub';

const hubRepository = new RegExp(`^${hubRepositoryPattern}$`);

const hubHosts: readonly string[] = ['huggingface.co', 'www.huggingface.co', 'hf.co'];

/** First parts of paths on Hugging Face that aren't owners. */
const hubSections: readonly string[] = [
	'api',
	'blog',
	'collections',
	'docs',
	'join',
	'login',
	'models',
	'organizations',
	'papers',
	'posts',
	'settings',
	'spaces',
	'tasks',
	'users',
];

const howToCopy =
	'Open the .safetensors file on its page, and copy the address of its download button.';

function noFile(field: string, what: string, description: string): Failure {
	return new Failure(`${field} must be the link to a LoRA file (got ${what})`, { description });
}

/**
 * A link to Hugging Face: that of a repository's page, or of a page below it, becomes `owner/name`. That of a
 * file, in any of its forms, becomes its download link. Source: https://huggingface.co/docs/hub/repositories
 * (blob, raw, resolve and tree).
 */
function fromHub({ pathname, search }: URL, field: string): string {
	const parts = pathname.slice(1).split('/');
	if (parts.at(-1) === '') parts.pop();
	const isDataset = parts[0] === 'datasets';
	const [owner, name, kind, revision, ...file] = isDataset ? parts.slice(1) : parts;
	const isFile = file.length > 0 && (kind === 'blob' || kind === 'raw' || kind === 'resolve');
	const id = `${owner}/${name}`;
	const isSection = !isDataset && !isFile && hubSections.includes(owner ?? '');
	if (name === undefined || isSection || !hubRepository.test(id)) {
		throw noFile(field, "a Hugging Face page that isn't a repository", howToCopy);
	}
	const repository = isDataset ? `datasets/${id}` : id;
	if (isFile) {
		const query = kind === 'resolve' ? search : '';
		return `${huggingFaceUrl}/${repository}/resolve/${revision}/${file.join('/')}${query}`;
	}
	if (isDataset) throw noFile(field, 'a dataset on Hugging Face', howToCopy);
	const isPage = kind === undefined || /^(commits?|discussions|tree|blob|raw|resolve)$/.test(kind);
	if (!isPage) {
		const path = [kind, revision, ...file].filter(Boolean).join('/');
		if (path.endsWith('.safetensors')) {
			return `${huggingFaceUrl}/${repository}/resolve/main/${path}`;
		}
		throw noFile(field, 'a Hugging Face page', howToCopy);
	}
	const isOtherBranch =
		kind !== undefined &&
		/^(tree|blob|raw|resolve)$/.test(kind) &&
		revision !== undefined &&
		revision !== 'main';
	if (isOtherBranch) throw noFile(field, 'a branch of a Hugging Face repository', howToCopy);
	return repository;
}

/** Source: https://developer.civitai.com/docs/api/public-rest (downloading models) */
function fromCivitai({ href, pathname, searchParams }: URL, field: string): string {
	if (/^\/api\/download\//.test(pathname)) return href;
	const version =
		searchParams.get('modelVersionId') ?? /^\/model-versions\/(\d+)/.exec(pathname)?.[1] ?? '';
	if (/^\d+$/.test(version)) return `https://civitai.com/api/download/models/${version}`;
	throw noFile(
		field,
		'a Civitai page',
		'Copy the address of the Download button on that page: https://civitai.com/api/download/models/ and the version number.',
	);
}

/** Source: https://help.dropbox.com/share/force-download (dl=1) */
function fromDropbox(url: URL, field: string): string {
	if (/^\/(scl\/fo|sh|home)\//.test(url.pathname)) {
		throw noFile(field, 'a folder on Dropbox', 'Share a link to the .safetensors file itself.');
	}
	const direct = new URL(url);
	direct.searchParams.delete('raw');
	direct.searchParams.set('dl', '1');
	return direct.href;
}

function fromGitHub(url: URL): string {
	const [, repository, file] = /^\/([^/]+\/[^/]+)\/blob\/(.+)$/.exec(url.pathname) ?? [];
	return file === undefined ? url.href : `https://github.com/${repository}/raw/${file}`;
}

const elsewhere =
	"Its links open a page, so providers can't download the file. Upload it to Hugging Face, or to a storage service that offers direct links.";

/**
 * The link to a file for a link that people copy from their browser.
 * @param field how errors name it
 * @returns what a provider loads: `owner/name` of a repository on Hugging Face, or the link to a file. A link
 * on an unknown host is returned unchanged
 * @throws Failure for a page without a file, with advice on how to get the file's link
 */
export function toFileLink(text: string, url: URL, field: string): string {
	const { hostname } = url;
	if (hubHosts.includes(hostname)) return fromHub(url, field);
	if (/(^|\.)civitai\.\w+$/.test(hostname)) return fromCivitai(url, field);
	if (/^(www\.)?dropbox\.com$/.test(hostname)) return fromDropbox(url, field);
	if (/^(www\.)?github\.com$/.test(hostname)) return fromGitHub(url);
	if (/^(drive|docs)\.google\.com$/.test(hostname)) {
		throw noFile(field, 'a Google Drive page', elsewhere);
	}
	if (/^(www\.)?modelscope\.(cn|ai)$/.test(hostname) && !/\/resolve\//.test(url.pathname)) {
		throw noFile(field, 'a ModelScope page', howToCopy);
	}
	if (/^(1drv\.ms|onedrive\.live\.com|wetransfer\.com|we\.tl|mega\.nz)$/.test(hostname)) {
		throw noFile(field, `a page on ${hostname}`, elsewhere);
	}
	return text;
}

const knownHost = new RegExp(`^${loraHostPattern}`, 'i');

/** Adds the missing `https://` to a copied link to one of the LoRA hosts, and to a dataset's path. */
export function withScheme(text: string): string {
	if (text.startsWith('datasets/')) return `${huggingFaceUrl}/${text}`;
	return knownHost.test(text) ? `https://${text}` : text;
}
