import fc from 'fast-check';
import type { INodePropertyRegexValidation } from 'n8n-workflow';

import { Failure } from '../../nodes/ZImage/errors/failure';
import { readLora } from '../../nodes/ZImage/lora/loras';
import { addNotesTo, nameOfPath, readPath, toFileUrl } from '../../nodes/ZImage/lora/paths';
import { anyLoraLimits } from '../../nodes/ZImage/providers/registry';
import { loraPathProperty } from '../../nodes/ZImage/properties/loras';
import { trimmed } from '../../nodes/ZImage/values';

const list = (value: unknown) => ({ __rl: true, mode: 'list', value });
const id = (value: unknown) => ({ __rl: true, mode: 'id', value });
const url = (value: unknown) => ({ __rl: true, mode: 'url', value });
const fileMode = (value: unknown) => ({ __rl: true, mode: 'file', value });
const file = (path: string) => `https://huggingface.co/owner/repo/resolve/main/${path}`;

describe('readPath', () => {
	it.each<[unknown, string]>([
		// Text, as in items and in workflows saved before the list existed.
		['owner/repo', 'owner/repo'],
		[' owner/repo\n', 'owner/repo'],
		['Owner-1/re.po_2', 'Owner-1/re.po_2'],
		['owner/repo/a.safetensors', file('a.safetensors')],
		['owner/repo/some/folder/a b.safetensors', file('some/folder/a%20b.safetensors')],
		['owner/repo/100%.safetensors', file('100%25.safetensors')],
		['owner/repo/blob/main/a.safetensors', file('a.safetensors')],
		['owner/repo/resolve/main/some/a.safetensors', file('some/a.safetensors')],
		['https://files.example/a.safetensors?key=1', 'https://files.example/a.safetensors?key=1'],
		['HTTPS://files.example/a.safetensors', 'HTTPS://files.example/a.safetensors'],

		// Neither of them: Novita accepts a "URL or path".
		['my-lora', 'my-lora'],
		['a'.repeat(8192), 'a'.repeat(8192)],
		['/models/a/b.safetensors', '/models/a/b.safetensors'],
		['./a/b.safetensors', './a/b.safetensors'],
		['owner/repo/a.bin', 'owner/repo/a.bin'],
		['civitai:123@456', 'civitai:123@456'],

		// Hugging Face pages.
		['https://huggingface.co/owner/repo', 'owner/repo'],
		['https://huggingface.co/owner/repo/', 'owner/repo'],
		['https://huggingface.co/owner/repo?library=diffusers', 'owner/repo'],
		['https://huggingface.co/owner/repo/tree/main', 'owner/repo'],
		['https://huggingface.co/owner/repo/tree/main/weights', 'owner/repo'],
		['https://huggingface.co/owner/repo/discussions', 'owner/repo'],
		['https://huggingface.co/owner/repo/discussions/3', 'owner/repo'],
		['https://huggingface.co/owner/repo/commits/main', 'owner/repo'],
		['https://huggingface.co/owner/repo/blob/main', 'owner/repo'],
		['huggingface.co/owner/repo', 'owner/repo'],
		['www.huggingface.co/owner/repo/', 'owner/repo'],
		['hf.co/owner/repo', 'owner/repo'],
		[
			'models/1/blob/main/a.safetensors',
			'https://huggingface.co/models/1/resolve/main/a.safetensors',
		],
		[
			'https://huggingface.co/models/1/resolve/main/a.safetensors',
			'https://huggingface.co/models/1/resolve/main/a.safetensors',
		],
		['\ufeffowner/repo', 'owner/repo'],
		['\u200bhttps://huggingface.co/owner/repo', 'owner/repo'],
		['\u2060huggingface.co/owner/repo/blob/main/a.safetensors\n', file('a.safetensors')],
		['https://huggingface.co/owner/repo/raw/main/a.safetensors', file('a.safetensors')],
		['https://huggingface.co/owner/repo/a.safetensors', file('a.safetensors')],
		['https://huggingface.co/owner/repo/x/a.safetensors', file('x/a.safetensors')],
		['https://hf.co/owner/repo/resolve/main/a.safetensors', file('a.safetensors')],
		[
			'https://huggingface.co/datasets/owner/repo/blob/main/a.safetensors',
			'https://huggingface.co/datasets/owner/repo/resolve/main/a.safetensors',
		],
		['https://hf.co/owner/repo', 'owner/repo'],
		[
			'https://huggingface.co/owner/repo/blob/main/x/a%20b.safetensors',
			file('x/a%20b.safetensors'),
		],
		['https://www.huggingface.co/owner/repo/blob/main/a.safetensors?x=1', file('a.safetensors')],
		[
			'https://huggingface.co/owner/repo/blob/v2/a.safetensors',
			'https://huggingface.co/owner/repo/resolve/v2/a.safetensors',
		],
		[`${file('a.safetensors')}?download=true`, `${file('a.safetensors')}?download=true`],
		[
			'https://mirror.example/owner/repo/blob/main/a.safetensors',
			'https://mirror.example/owner/repo/blob/main/a.safetensors',
		],

		// Civitai's file links.
		[
			'https://civitai.com/api/download/models/456?type=Model',
			'https://civitai.com/api/download/models/456?type=Model',
		],
		['https://notcivitai.com/models/123', 'https://notcivitai.com/models/123'],
		[
			'https://www.civitai.com/models/123?modelVersionId=456',
			'https://civitai.com/api/download/models/456',
		],
		[
			'civitai.com/models/123/a-lora?modelVersionId=456',
			'https://civitai.com/api/download/models/456',
		],
		['https://civitai.com/model-versions/456', 'https://civitai.com/api/download/models/456'],

		// Links on other hosts that a browser displays.
		[
			'https://www.dropbox.com/scl/fi/x/a.safetensors?rlkey=k&dl=0',
			'https://www.dropbox.com/scl/fi/x/a.safetensors?rlkey=k&dl=1',
		],
		['dropbox.com/s/x/a.safetensors', 'https://dropbox.com/s/x/a.safetensors?dl=1'],
		[
			'https://github.com/me/repo/blob/main/x/a.safetensors',
			'https://github.com/me/repo/raw/main/x/a.safetensors',
		],
		[
			'https://github.com/me/repo/releases/download/v1/a.safetensors',
			'https://github.com/me/repo/releases/download/v1/a.safetensors',
		],
		[
			'https://modelscope.cn/models/me/repo/resolve/master/a.safetensors',
			'https://modelscope.cn/models/me/repo/resolve/master/a.safetensors',
		],

		// The resource locator's modes.
		[list('owner/repo'), 'owner/repo'],
		[list('owner/repo/a.safetensors'), file('a.safetensors')],
		[id(' owner/repo '), 'owner/repo'],
		[id('owner/repo/a.safetensors'), file('a.safetensors')],
		[id('owner/repo#trigger=x'), 'owner/repo'],
		[url('https://files.example/a.safetensors'), 'https://files.example/a.safetensors'],
		[url(' https://huggingface.co/owner/repo '), 'owner/repo'],
		[{ mode: 'another', value: 'owner/repo' }, 'owner/repo'],
		// Files on the user's own server.
		[fileMode(' styles/a/b.safetensors '), 'styles/a/b.safetensors'],
		[fileMode('styles\\a#1.safetensors'), 'styles\\a#1.safetensors'],
		[{ value: 'owner/repo' }, 'owner/repo'],
	])('reads %j', (value, path) => {
		expect(readPath(value, 'LoRA.path')?.path).toBe(path);
	});

	it.each<[string, string, string]>([
		['owner/repo#trigger=Pixel%20art%20style.', 'owner/repo', 'Pixel art style.'],
		['owner/repo/a.safetensors#trigger=x', file('a.safetensors'), 'x'],
		['https://files.example/a#trigger=x+y', 'https://files.example/a', 'x y'],
		['https://huggingface.co/owner/repo#usage', 'owner/repo', ''],
		['owner/repo #trigger= x ', 'owner/repo', 'x'],
		['owner/repo#trigger=50%&other=1#2', 'owner/repo', '50%'],
		['owner/repo#', 'owner/repo', ''],
	])('reads the trigger words of %j', (value, path, trigger) => {
		expect(readPath(value, 'LoRA.path')).toEqual({ path, trigger });
		expect(readPath(list(value), 'LoRA.path')).toEqual({ path, trigger });
	});

	it.each<[unknown]>([
		[undefined],
		[null],
		[7],
		[''],
		[' '],
		['#trigger=x'],
		[['owner/repo']],
		[{}],
		[list('')],
		[list(null)],
		[id(7)],
		[url(undefined)],
	])('finds none in %j', (value) => {
		expect(readPath(value, 'LoRA.path')).toBeUndefined();
	});

	it.each<[unknown, string]>([
		['http://files.example/a', 'L must start with https:// (got http://)'],
		['ftp://files.example/a', 'L must start with https:// (got ftp://)'],
		['https://', 'L is not a complete URL'],
		['https://a b.example/x', 'L is not a complete URL'],
		['https://me:secret@files.example/a', 'L must not contain a user name or password'],
		['https://me@files.example/a', 'L must not contain a user name or password'],
		['ftp://me:secret@files.example/a', 'L must not contain a user name or password'],
		['https:me:secret@files.example/a', 'L must not contain a user name or password'],
		[
			'https://civitai.com/models/123/a-lora',
			'L must be the link to a LoRA file (got a Civitai page)',
		],
		...[
			['https://civitai.com/user/me', 'a Civitai page'],
			['https://civitai.com/models/123?modelVersionId=x"y', 'a Civitai page'],
			['https://huggingface.co/owner', "a Hugging Face page that isn't a repository"],
			['https://huggingface.co/models/other', "a Hugging Face page that isn't a repository"],
			['huggingface.co/civitai.com/a.safetensors', "a Hugging Face page that isn't a repository"],
			['https://huggingface.co//owner/repo', "a Hugging Face page that isn't a repository"],
			['https://huggingface.co/https:/repo', "a Hugging Face page that isn't a repository"],
			['https://huggingface.co/spaces/me/demo', "a Hugging Face page that isn't a repository"],
			['https://huggingface.co/owner/repo/edit/main/README.md', 'a Hugging Face page'],
			['https://huggingface.co/owner/repo/tree/v2', 'a branch of a Hugging Face repository'],
			['huggingface.co/datasets/owner/repo', 'a dataset on Hugging Face'],
			['datasets/owner/repo/blob/a.safetensors', 'a dataset on Hugging Face'],
			['https://huggingface.co/datasets/owner/repo/tree/main', 'a dataset on Hugging Face'],
			['https://drive.google.com/file/d/1x/view?usp=sharing', 'a Google Drive page'],
			['https://www.dropbox.com/scl/fo/x/y?dl=0', 'a folder on Dropbox'],
			['https://modelscope.cn/models/me/repo', 'a ModelScope page'],
			['https://we.tl/t-x', 'a page on we.tl'],
		].map(([link, what]): [string, string] => [
			link ?? '',
			`L must be the link to a LoRA file (got ${what})`,
		]),
		[id('repo'), 'L must be owner/name or owner/name/file for By ID (got "repo")'],
		[id('a/b/c'), 'L must be owner/name or owner/name/file for By ID (got "a/b/c")'],
		[id('a/b/c.bin'), 'L must be owner/name or owner/name/file for By ID (got "a/b/c.bin")'],
		[id('civitai.com/models'), 'L must be owner/name or owner/name/file for By ID (got a URL)'],
		[id('datasets/owner'), 'L must be owner/name or owner/name/file for By ID (got a URL)'],
		[id('https://u:secret@a.b/c'), 'L must be owner/name or owner/name/file for By ID (got a URL)'],
		[url('owner/repo'), 'L must be a URL for By URL (got "owner/repo")'],
		[url('http://a.example'), 'L must start with https:// (got http://)'],
	])('refuses %j', (value, message) => {
		expect(() => readPath(value, 'L')).toThrow(new Failure(message));
	});

	const failureOf = (value: unknown): Failure => {
		try {
			readPath(value, 'L');
		} catch (error) {
			if (error instanceof Failure) return error;
		}
		throw new Error('It was no Failure');
	};

	it('says how to get the link of a file on Civitai', () => {
		const page = 'https://civitai.com/models/123';
		expect(failureOf(page).details.description).toContain('Download button');
		expect(failureOf(`${page}?modelVersionId=x"y`).details.description).not.toContain('x"y');
	});

	it.each([
		'https://me:s3cret@files.example/a',
		'http://me:s3cret@files.example/a',
		'https://me:s3cret@a b/c',
		id('https://me:s3cret@files.example/a'),
		url('ftp://me:s3cret@files.example/a'),
	])('never repeats the password in %j', (value) => {
		const { message, details } = failureOf(value);
		expect(message + details.description).not.toContain('s3cret');
	});
});

const text = fc.oneof(
	fc.string({ unit: 'binary', maxLength: 40 }),
	fc.webUrl({ withFragments: true, withQueryParameters: true, validSchemes: ['https', 'http'] }),
	fc
		.array(
			fc.constantFrom(
				...['https://', 'http:', 'huggingface.co', 'civitai.com', '/', 'models/1', 'owner', 'repo'],
				...['/blob/main/', 'a.safetensors', '#', 'trigger=', '%', '%20', '?', '@', ':', ' ', '..'],
			),
			{ maxLength: 10 },
		)
		.map((parts) => parts.join('')),
);
const value = fc.oneof(
	text,
	fc.anything(),
	fc.record({
		__rl: fc.constant(true),
		mode: fc.constantFrom('list', 'id', 'url', 'other'),
		value: fc.oneof(text, fc.anything()),
	}),
);

it('a path is read or refused, and a sent path has no fragment', () => {
	let read = 0;
	fc.assert(
		fc.property(value, (path) => {
			try {
				const { path: sent } = readLora({ path }, 'L', anyLoraLimits);
				expect(sent).not.toContain('#');
				expect(sent).toBe(sent.trim());
				expect(sent).not.toBe('');
				expect(sent).not.toMatch(/^http:/i);
				read += 1;
			} catch (error) {
				if (!(error instanceof Failure)) throw error;
				expect(error.message).toMatch(/^(The (path|scale) of )?L /);
			}
		}),
		{ numRuns: 2000 },
	);
	expect(read).toBeGreaterThan(200);
});

it('a path that was read is read unchanged the second time', () => {
	fc.assert(
		fc.property(value, (path) => {
			let sent: string | undefined;
			try {
				sent = readPath(path, 'L')?.path;
			} catch {
				return;
			}
			fc.pre(sent !== undefined);
			expect(readPath(sent, 'L')?.path).toBe(sent);
		}),
		{ numRuns: 2000 },
	);
});

it('trigger words survive the way through a path', () => {
	fc.assert(
		fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), (words) => {
			const trigger = words.trim();
			expect(readPath(addNotesTo('owner/repo', { trigger }), 'L')).toEqual({
				path: 'owner/repo',
				trigger,
			});
		}),
	);
	expect(readPath(addNotesTo('owner/repo', { trigger: 'half \ud800' }), 'L')?.trigger).toBe(
		'half \ufffd',
	);
});

it.each([
	[{ trigger: 'Pixel art style.' }, '#trigger=Pixel%20art%20style.'],
	[{ trigger: '' }, ''],
	[{}, ''],
	[{ file: 'some/a b&c.safetensors' }, '#file=some%2Fa%20b%26c.safetensors'],
	[{ trigger: 'x', file: 'a.safetensors' }, '#trigger=x&file=a.safetensors'],
])('%j beside a path is written as %j, and read again', (notes, fragment) => {
	const path = addNotesTo('owner/repo', notes);
	expect(path).toBe(`owner/repo${fragment}`);
	expect(readPath(path, 'L')).toStrictEqual({ trigger: '', ...notes, path: 'owner/repo' });
});

describe("a file's link, if a provider loads nothing else", () => {
	it.each([
		[{ path: 'https://files.example/a' }, 'https://files.example/a'],
		[{ path: 'https://files.example/a', file: 'b.safetensors' }, 'https://files.example/a'],
		[{ path: 'owner/repo', file: 'a.safetensors' }, file('a.safetensors')],
		[{ path: 'owner/repo', file: 'some/a b.safetensors' }, file('some/a%20b.safetensors')],
		[{ path: 'owner/repo', file: 'blob/main/a.safetensors' }, file('a.safetensors')],
	])('of %j is %s', (path, link) => {
		expect(toFileUrl(path, 'L')).toBe(link);
	});

	it.each([
		{ path: 'owner/repo' },
		{ path: 'owner/repo', file: '' },
		{ path: 'owner/repo', file: 'a.bin' },
		{ path: 'owner/repo', file: '/a.safetensors?b' },
		{ path: 'owner/repo', file: 'a#b.safetensors' },
		{ path: 'owner', file: 'repo/a.safetensors' },
		{ path: 'style', file: 'a.safetensors' },
	])('of %j is unknown', (path) => {
		expect(() => toFileUrl(path, 'L')).toThrow(
			new Failure(`L must be a link to a file on this provider (got "${path.path}")`),
		);
	});
});

it.each([
	['owner/repo', 'owner/repo'],
	[file('some/a.safetensors'), 'owner/repo/some/a.safetensors'],
	['https://files.example/a', 'https://files.example/a'],
])('the name of %s is %s', (path, name) => {
	expect(nameOfPath(path)).toBe(name);
});

describe("the editor's checks", () => {
	const check = (mode: string) => {
		const [rule] = loraPathProperty.modes?.find(({ name }) => name === mode)?.validation ?? [];
		const { regex } = (rule as INodePropertyRegexValidation).properties;
		return new RegExp(`^${regex}$`);
	};

	it.each([
		['id', 'owner/repo', true],
		['id', ' owner/repo ', true],
		['id', 'owner/repo/a.safetensors', true],
		['id', 'owner/repo/a.safetensors#trigger=x', true],
		['id', 'repo', false],
		['id', 'github.com/owner', false],
		['id', 'a/b/c', false],
		['id', 'https://a.example/b', false],
		['url', 'https://a.example/b', true],
		['url', 'http://a.example/b', false],
		['url', 'owner/repo', false],
	])('%s of %j: %s', (mode, text, isFine) => {
		expect(check(mode).test(text)).toBe(isFine);
	});

	it('By ID refuses the same in the editor as in the run', () => {
		const like = fc.stringMatching(
			/^\w[\w.-]*\/\w[\w.-]*(\/((blob|resolve)\/main\/)?[^#?]+\.safetensors)?[ab/.]{0,2}$/,
		);
		fc.assert(
			fc.property(fc.oneof(like, text), (given) => {
				fc.pre(!/[\r\n#]/.test(given) && trimmed(given) !== '');
				let isRead = true;
				try {
					readPath(id(given), 'L');
				} catch {
					isRead = false;
				}
				// The run also trims invisible characters.
				expect(check('id').test(trimmed(given))).toBe(isRead);
			}),
			{ numRuns: 1000 },
		);
	});
});
