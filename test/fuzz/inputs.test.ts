import { Failure } from '../../nodes/ZImage/errors/failure';
import { adviceFor } from '../../nodes/ZImage/errors/advice';
import { parseRetryAfterMs } from '../../nodes/ZImage/http/retry';
import { mayVisit, toBaseUrl } from '../../nodes/ZImage/http/urls';
import { imageAtUrl } from '../../nodes/ZImage/images/sourceImage';
import { readLoras } from '../../nodes/ZImage/lora/loras';
import { imageFileName } from '../../nodes/ZImage/images/fileName';
import type { ImageSource } from '../../nodes/ZImage/providers/provider';
import { anyLoraLimits, providers } from '../../nodes/ZImage/providers/registry';
import { startMs } from '../support/recordingClock';
import { bodiesLike, oddTexts } from './bodies';
import type { Choices } from './choices';
import { casesOf, check, holdsFor } from './choices';

/** A text of parts with a meaning for a parser, and of others. */
function textOf(choices: Choices, parts: readonly string[]): string {
	let text = '';
	while (!choices.isEmpty() && text.length < 2000) {
		text += choices.below(4) === 0 ? choices.pick(oddTexts) : choices.pick(parts);
	}
	return text;
}

const textsOf = (parts: readonly string[]) => casesOf((choices) => textOf(choices, parts));

it('readLoras reads a list, or says what is wrong with it', () => {
	const documents = [
		[],
		null,
		[{ path: 'owner/name', scale: 0.8 }],
		[{ path: 'owner/name' }, { path: ' https://a.example/b.safetensors ', scale: '4' }],
		[
			{ path: 'a/b', scale: '' },
			{ path: 'c/d', scale: null },
			{ path: 'e/f', scale: 0 },
		],
	];
	let read = 0;
	holdsFor(bodiesLike(documents), (value) => {
		try {
			for (const { path, scale } of readLoras(value, 'loras', anyLoraLimits)) {
				check(path !== '' && path === path.trim(), 'An invalid path');
				check(scale >= 0 && scale <= 4, 'A scale out of its bounds');
				read += 1;
			}
		} catch (error) {
			if (!(error instanceof Failure)) throw error;
			const words = /^((The (path|scale|trigger words) of )?lora \d+ |loras )/;
			check(words.test(error.message), 'An error that does not say where');
		}
	});
	expect(read).toBeGreaterThan(1000);
});

it('parseRetryAfterMs returns a time in the future, or nothing', () => {
	const parts = [
		...['0', '1', '2', '9', '99999', ' ', '-', '.', ',', '+', ':', 'e', 'GMT', 'UTC', ' 2026 '],
		...['Thu, ', 'Thu, 01 Jan 2026 00:01:30 GMT', '01', ' Jan ', '00:00:05', 'Infinity', '\t'],
	];
	let times = 0;
	holdsFor(textsOf(parts), (value) => {
		const ms = parseRetryAfterMs(value, startMs);
		if (ms === undefined) return;
		times += 1;
		check(ms >= 0, 'A time that has gone by, or none');
	});
	expect(times).toBeGreaterThan(1000);
});

it('toBaseUrl keeps host and path, or says what is wrong without showing it', () => {
	const parts = [
		...['http', 'https', 'ftp', 'file', 'data', 'HTTPS', 'javascript'],
		...[':', '://', '//', '/', '\\', '?', '#', '@', '%', '%2e', '%2F', '.', '..', '[::1]', ':80'],
		...['a.example', 'user:pass@', 'localhost', '127.0.0.1', ':5678', '/v1', ' ', '\t'],
		...['https://', 'http://', 'https://a.example', 'https://a.example/b/', 'api.novita.ai'],
	];
	const own = 'https://api.novita.ai';
	let read = 0;
	holdsFor(textsOf(parts), (given) => {
		let baseUrl: string;
		try {
			baseUrl = toBaseUrl(given, 'Base URL', own);
		} catch (error) {
			if (!(error instanceof Failure)) throw error;
			const words =
				/^The Base URL of the credential (must be an http|must not have a user name|must have at most)/;
			check(words.test(error.message), 'An error that does not say what');
			check(given.length < 8 || !error.message.includes(given), 'An error that shows it');
			return;
		}
		check(toBaseUrl(baseUrl, 'Base URL', own) === baseUrl, 'Another one the second time');
		if (baseUrl === own) return;
		read += 1;
		const base = new URL(given);
		const parsed = new URL(baseUrl);
		check(parsed.host === base.host && parsed.protocol === base.protocol, 'Another host');
		check(/^https?:$/.test(parsed.protocol), 'Another protocol');
		check(parsed.username === '' && parsed.password === '', 'A name in the URL');
		check(parsed.search === '' && parsed.hash === '', 'More than a path');
		check(!baseUrl.endsWith('/'), 'A slash at the end');
		check(new URL(`${baseUrl}/v3`).href === `${baseUrl}/v3`, 'A URL that is read as another one');
	});
	expect(read).toBeGreaterThan(1000);
});

it('mayVisit allows https, http only if the base URL is http, and private hosts only if it is private', () => {
	const parts = [
		...['http', 'https', 'ftp', 'file', 'data', 'HTTPS', 'javascript', 'blob', 'ws'],
		...[
			':',
			'://',
			'//',
			'/',
			'\\',
			'?',
			'#',
			'@',
			'%',
			'..',
			'[::1]',
			'.png',
			'image/png;base64,',
		],
		...['a.example', 'localhost', '127.0.0.1', ' ', '\t', '\n', 'https://', 'http://'],
	];
	const taken = { https: 0, http: 0 };
	holdsFor(textsOf(parts), (url) => {
		const secure = mayVisit(url, 'https://api.novita.ai');
		const local = mayVisit(url, 'http://127.0.0.1:5678');
		const protocol = URL.canParse(url) ? new URL(url).protocol : undefined;
		const isPublic =
			protocol !== undefined && !/^(localhost|127\.0\.0\.1|\[::1\])$/.test(new URL(url).hostname);
		if (secure) check(protocol === 'https:' && isPublic, 'Not https, or not public');
		if (local) check(protocol === 'https:' || protocol === 'http:', 'Neither http nor https');
		if (secure) check(local, 'Public, but not for a private base URL');
		if (secure) taken.https += 1;
		else if (local) taken.http += 1;
	});
	expect(Math.min(taken.https, taken.http)).toBeGreaterThan(1000);
});

it('imageAtUrl accepts only http and https, and refuses everything else', () => {
	const parts = [
		...['http', 'https', 'ftp', 'file', 'data', 'HTTPS', 'javascript', 'blob'],
		...[':', '://', '//', '/', '\\', '?', '#', '@', '%', '..', '[::1]', '.png', ';base64,'],
		...['a.example', 'localhost', '127.0.0.1', ' ', '\t', 'https://', 'http://', '={{ $json }}'],
	];
	let taken = 0;
	holdsFor(textsOf(parts), (url) => {
		try {
			const { reference, width, height, isGuess } = imageAtUrl(url, 'mask');
			const { protocol, username, href } = new URL(reference);
			check(/^https?:$/.test(protocol) && username === '', 'Another kind of URL');
			// As a table or a form may break it: characters that no URL contains are removed.
			const plain = [...url].filter((each) => each >= ' ' && !(each >= '\x7f' && each <= '\x9f'));
			check(href === new URL(plain.join('').trim()).href, 'Another URL');
			check(!/\s/.test(reference), 'Spaces in a URL');
			check(width === null && height === null && !isGuess, 'More than is known');
			taken += 1;
		} catch (error) {
			if (!(error instanceof Failure)) throw error;
			check(
				/^The URL of the mask (must start with http|has a user name)/.test(error.message),
				'An error that does not say what',
			);
			check(error.message.length < 300, 'An error that is too long');
		}
	});
	expect(taken).toBeGreaterThan(1000);
});

/** An image at a URL, in a response, or behind a call. */
function sourceOf(choices: Choices): ImageSource {
	const text = choices.pick(oddTexts);
	switch (choices.below(3)) {
		case 0:
			return { url: text };
		case 1:
			return { inline: text };
		default:
			return { call: { method: 'GET', path: text } };
	}
}

it('imageFileName returns a name that every file system accepts', () => {
	const parts = [
		...['a', 'B', '0', '.', '..', '/', '\\', ':', '*', '?', '"', '<', '>', '|', '\0', '\n', '~'],
		...[' ', '-', '_', '.png', '.JPG', '.jpeg', '.webp', '.exe', '%2e%2e', '$(x)', '`', '🗼', 'ü'],
	];
	const cases = casesOf((choices) => ({
		fileName: choices.below(4) === 0 ? undefined : textOf(choices, parts),
		prompt: choices.below(4) === 0 ? null : textOf(choices, parts),
		seed: choices.pick([null, 0, -1, 1.5, 1e300, Number.MAX_SAFE_INTEGER]),
		taskId: choices.below(4) === 0 ? null : textOf(choices, parts),
		image: sourceOf(choices),
		imageIndex: choices.below(4),
		imageCount: 1 + choices.below(4),
		taskImageIndex: choices.below(4),
		taskImageCount: 1 + choices.below(4),
		extension: choices.pick(['png', 'jpg', 'webp']),
	}));
	holdsFor(cases, (named) => {
		const name = imageFileName(named);
		check(/^[\p{L}\p{N}_][\p{L}\p{N}._ -]*\.(png|jpg|webp)$/u.test(name), `The name ${name}`);
		check(Buffer.byteLength(name) <= 255, 'A name that is too long');
		check(!/[. ]\.\w+$/.test(name), `The name ${name}`);
		check(Buffer.from(name).toString() === name, 'A name with half a character');
		check(name.endsWith(`.${named.extension}`), 'Another type');
	});
});

describe('adviceFor', () => {
	it.each([...providers])(
		'returns advice for every text and status code: $id',
		({ errorPatterns }) => {
			const words = errorPatterns.flatMap(([{ source }]) => source.split(/[^A-Za-z_ ]+/));
			const cases = casesOf((choices) => ({
				statusCode: choices.pick([
					undefined,
					0,
					200,
					302,
					400,
					401,
					403,
					404,
					429,
					500,
					504,
					999,
					NaN,
				]),
				text: textOf(choices, [...words, 'HTTP ', ' lo', 'ra', 'api ', 'key', '(', ')', '_']),
			}));
			const seen = new Set<string>();
			const kinds = new Set<string>();
			holdsFor(cases, ({ statusCode, text }) => {
				const { kind, description } = adviceFor(errorPatterns, text, statusCode);
				check(typeof description === 'string' && description.length > 20, 'No advice');
				const next = adviceFor(errorPatterns, text, statusCode);
				check(
					kind === next.kind && description === next.description,
					'Another advice the next time',
				);
				kinds.add(kind);
				seen.add(description);
			});
			// The twelve kinds of errors.
			expect(seen.size).toBeLessThanOrEqual(12);
			expect(seen.size).toBeGreaterThanOrEqual(8);
			expect(kinds.size).toBe(seen.size);
		},
	);

	it.each([...providers])('is fast for a long text: $id', ({ errorPatterns }) => {
		for (const part of ['a', ' ', 'lora', 'insufficient ', 'top ', 'top.', 'free', '(', '_']) {
			const startedAt = performance.now();
			adviceFor(errorPatterns, part.repeat(1_000_000 / part.length), 400);
			expect(performance.now() - startedAt).toBeLessThan(1000);
		}
	});
});
