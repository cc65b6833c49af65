/**
 * The `User-Agent` with which the sandbox fetches a request's image from itself. Such a request isn't recorded.
 */
export const SANDBOX_AGENT = 'z-image-sandbox';

/** What is wrong with a file in a request. */
export type ProblemKind = 'data-url' | 'download' | 'too-large' | 'image';

/** [fal toolkit image.py: the limit of a download] GUESS: that a data URI has the same limit. */
export const MOST_INPUT_BYTES = 50 * 1024 * 1024;

const DOWNLOAD_MS = 20_000;
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** GUESS: which types have "a known extension"; the documents say only that one is needed. */
const DATA_TYPES = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/gif', 'image/avif']);

/** The bytes behind an https, http or data URL, as a provider gets them. */
export async function readUrl(
	url: string,
	closing: AbortSignal,
	mostBytes = MOST_INPUT_BYTES,
): Promise<Buffer | ProblemKind> {
	const bytes = /^data:/i.test(url) ? readDataUrl(url) : await download(url, closing);
	return typeof bytes !== 'string' && bytes.length > mostBytes ? 'too-large' : bytes;
}

function readDataUrl(url: string): Buffer | ProblemKind {
	const comma = url.indexOf(',');
	const [type = '', ...parameters] = url.slice('data:'.length, comma).toLowerCase().split(';');
	if (comma === -1 || !DATA_TYPES.has(type) || parameters.at(-1) !== 'base64') return 'data-url';
	return Buffer.from(url.slice(comma + 1), 'base64');
}

/** Whether an https or http URL leads to this machine. */
export function isOnThisMachine(url: string): boolean {
	if (!URL.canParse(url)) return false;
	const { protocol, hostname } = new URL(url);
	return /^https?:$/.test(protocol) && LOOPBACK.has(hostname);
}

/** Only files on this machine exist: the sandbox never uses the network. */
async function download(url: string, closing: AbortSignal): Promise<Buffer | ProblemKind> {
	if (!isOnThisMachine(url)) return 'download';
	try {
		const reply = await fetch(url, {
			headers: { 'user-agent': SANDBOX_AGENT },
			redirect: 'error',
			signal: AbortSignal.any([closing, AbortSignal.timeout(DOWNLOAD_MS)]),
		});
		return reply.ok ? Buffer.from(await reply.arrayBuffer()) : 'download';
	} catch {
		return 'download';
	}
}
