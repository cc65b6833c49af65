import fc from 'fast-check';

import { imageFileName, NameTwins, slugOf } from '../../nodes/ZImage/images/fileName';
import { sha256 } from '../support/files';

const digest = (text: string) => sha256(text).slice(0, 10);

type Parts = Parameters<typeof imageFileName>[0];

const parts = (changes: Partial<Parts> = {}): Parts => ({
	fileName: undefined,
	prompt: 'A lighthouse at dusk',
	seed: 12345,
	taskId: '830d9c90',
	image: { url: 'https://v3.fal.media/files/a.png' },
	imageIndex: 0,
	imageCount: 1,
	taskImageIndex: 0,
	taskImageCount: 1,
	extension: 'png',
	...changes,
});

it.each<[Partial<Parts>, string]>([
	// Without the user's own name.
	[{}, 'a-lighthouse-at-dusk-12345.png'],
	[{ extension: 'webp' }, 'a-lighthouse-at-dusk-12345.webp'],
	// One of several images of a task, and one of several tasks of an item, which have their own seeds.
	[
		{ imageIndex: 2, imageCount: 4, taskImageIndex: 2, taskImageCount: 4 },
		'a-lighthouse-at-dusk-12345-3.png',
	],
	[{ imageIndex: 2, imageCount: 4 }, 'a-lighthouse-at-dusk-12345.png'],
	[{ twin: 1 }, 'a-lighthouse-at-dusk-12345-v2.png'],
	[{ twin: 2, taskImageIndex: 0, taskImageCount: 2 }, 'a-lighthouse-at-dusk-12345-v3-1.png'],
	[{ seed: 0 }, 'a-lighthouse-at-dusk-0.png'],
	[{ seed: null }, `a-lighthouse-at-dusk-${digest('830d9c90')}.png`],
	[{ seed: null, taskId: '../etc' }, `a-lighthouse-at-dusk-${digest('../etc')}.png`],
	[
		{ seed: null, taskId: null },
		`a-lighthouse-at-dusk-${digest('https://v3.fal.media/files/a.png')}.png`,
	],
	[{ prompt: null }, 'z-image-12345.png'],
	[{ prompt: null, seed: null }, `z-image-${digest('830d9c90')}.png`],
	[{ fileName: '' }, 'a-lighthouse-at-dusk-12345.png'],
	[{ fileName: '.png' }, 'a-lighthouse-at-dusk-12345.png'],
	[{ fileName: ' .. ' }, 'a-lighthouse-at-dusk-12345.png'],
	[{ fileName: '🗼🗼' }, 'a-lighthouse-at-dusk-12345.png'],

	// With the user's own name.
	[{ fileName: 'lighthouse' }, 'lighthouse.png'],
	[{ fileName: 'lighthouse.png' }, 'lighthouse.png'],
	[{ fileName: 'lighthouse.png', extension: 'jpg' }, 'lighthouse.jpg'],
	[{ fileName: 'lighthouse.JPEG', extension: 'webp' }, 'lighthouse.webp'],
	[{ fileName: ' lighthouse.png ' }, 'lighthouse.png'],
	[{ fileName: 'lighthouse.png\n', extension: 'webp' }, 'lighthouse.webp'],
	[{ fileName: ' .png ' }, 'a-lighthouse-at-dusk-12345.png'],
	[{ fileName: 'lighthouse.png.' }, 'lighthouse.png.png'],
	[{ fileName: 'lighthouse.tar.gz' }, 'lighthouse.tar.gz.png'],
	[{ fileName: 'v1.2 final' }, 'v1.2 final.png'],
	[{ fileName: 'lighthouse', imageIndex: 0, imageCount: 2 }, 'lighthouse-0.png'],
	[{ fileName: 'lighthouse.png', imageIndex: 1, imageCount: 2 }, 'lighthouse-1.png'],
	[{ fileName: 'Grüße aus 東京' }, 'Grüße aus 東京.png'],
	[{ fileName: 'Gru\u0308ße' }, 'Grüße.png'],
	[{ fileName: '../../etc/passwd' }, 'etc-passwd.png'],
	[{ fileName: 'C:\\temp\\a' }, 'C-temp-a.png'],
	[{ fileName: '.hidden' }, 'hidden.png'],
	[{ fileName: 'a<b>c:"d"|e?f*g' }, 'a-b-c-d-e-f-g.png'],
	[{ fileName: 'line\nbreak\ttab\0zero' }, 'line-break-tab-zero.png'],
	[{ fileName: 'a 🗼 tower' }, 'a - tower.png'],
	[{ fileName: 'trailing dots... ' }, 'trailing dots.png'],
	[{ fileName: 'a ❤\ufe0f b' }, 'a - b.png'],
	[{ fileName: '\u0301a' }, 'a.png'],
	[{ fileName: '❤\ufe0f' }, 'a-lighthouse-at-dusk-12345.png'],
	[{ fileName: 'Com1 .a' }, '_Com1 .a.png'],
	[{ fileName: 'LPT²' }, '_LPT².png'],
	[{ fileName: 'console' }, 'console.png'],
	[{ fileName: 'dots... inside...' }, 'dots... inside.png'],
	// Scripts that need combining marks.
	[{ fileName: 'हिन्दी चित्र' }, 'हिन्दी चित्र.png'],
	[{ fileName: 'ภาพน้ำ' }, 'ภาพน้ำ.png'],
	[{ fileName: 'صُورَة' }, 'صُورَة.png'],
	[{ fileName: 'תְּמוּנָה' }, 'תְּמוּנָה.png'],
	// Device names on Windows.
	[{ fileName: 'CON' }, '_CON.png'],
	[{ fileName: 'nul.png' }, '_nul.png'],
	[{ fileName: 'Com1.backup' }, '_Com1.backup.png'],
	[{ fileName: 'console' }, 'console.png'],
	// Only the beginning is read.
	[{ fileName: `${'/'.repeat(999)}a` }, 'a.png'],
	[{ fileName: `${'/'.repeat(1000)}a` }, 'a-lighthouse-at-dusk-12345.png'],
	[{ fileName: `${' '.repeat(1000)}a${' '.repeat(1000)}.png` }, 'a.png'],
])('%j is %j', (changes, expected) => {
	expect(imageFileName(parts(changes))).toBe(expected);
});

it('returns the same name for the same URL, and different names for different URLs', () => {
	const nameOf = (url: string) =>
		imageFileName(parts({ seed: null, taskId: null, image: { url } }));
	expect(nameOf('https://a.example/1')).toBe(nameOf('https://a.example/1'));
	expect(nameOf('https://a.example/1')).not.toBe(nameOf('https://a.example/2'));
});

it.each([
	['A lighthouse at dusk', 'a-lighthouse-at-dusk'],
	['  "A lighthouse", at dusk! ', 'a-lighthouse-at-dusk'],
	["The fisherman's café", 'the-fishermans-cafe'],
	['one two three four five six seven', 'one-two-three-four-five-six'],
	['Grüße aus Ærø, Łódź', 'grusse-aus-aero-lodz'],
	['Gru\u0308ße', 'grusse'],
	['東京 tower at night', 'tower-at-night'],
	['東京の夜', 'z-image'],
	['صورة', 'z-image'],
	['🗼🗼', 'z-image'],
	['', 'z-image'],
	['../../etc/passwd', 'etc-passwd'],
	['a'.repeat(100), 'a'.repeat(48)],
	[`short ${'b'.repeat(60)} end`, 'short-end'],
	[null, 'z-image'],
])('the words of %j are %s', (prompt, slug) => {
	expect(slugOf(prompt)).toBe(slug);
});

it('counts the tasks with the same words and seed, and no others', () => {
	const twins = new NameTwins();
	const next = (prompt: string | null, seed?: number | null) => twins.next(prompt, seed);
	expect([next('A boat', 1), next('a boat!', 1), next('A boat', 2), next('A boat', 1)]).toEqual([
		0, 1, 0, 2,
	]);
	expect([
		next('A boat'),
		next('A boat'),
		next('A boat', null),
		next(null, 1),
		next(null, 1),
	]).toEqual([0, 0, 0, 0, 1]);
});

describe('a default name', () => {
	it('contains only plain letters, digits and hyphens, as HTTP headers require', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (prompt) =>
				expect(imageFileName(parts({ prompt }))).toMatch(/^[a-z\d][a-z\d-]*-12345\.png$/),
			),
			{ numRuns: 1000 },
		);
	});
});

describe('any name', () => {
	const names = fc.oneof(
		fc.string({ unit: 'binary', maxLength: 400 }),
		fc.string({ unit: 'grapheme', maxLength: 400 }),
		fc.string({ unit: fc.constantFrom('𝒜', '東', 'é', 'a'), minLength: 100, maxLength: 400 }),
		fc.string({ unit: fc.constantFrom('.', '/', '\\', ' ', '-', 'a'), maxLength: 20 }),
	);
	const anyParts = fc.record({
		fileName: fc.option(names, { nil: undefined }),
		prompt: fc.option(names, { nil: null }),
		seed: fc.option(fc.double(), { nil: null }),
		twin: fc.nat(3),
		taskId: fc.option(names, { nil: null }),
		image: fc.record({ url: fc.webUrl() }),
		imageIndex: fc.nat(3),
		imageCount: fc.integer({ min: 1, max: 4 }),
		taskImageIndex: fc.nat(3),
		taskImageCount: fc.integer({ min: 1, max: 4 }),
		extension: fc.constantFrom('png', 'jpg', 'webp'),
	});
	const forAnyName = (check: (name: string, given: Parts) => void) =>
		fc.assert(
			fc.property(anyParts, (given) => check(imageFileName(given), given)),
			{
				numRuns: 1000,
			},
		);

	it('contains no character that causes trouble in a file system', () => {
		forAnyName((name) => expect(name).not.toMatch(/[\p{Cc}<>:"/\\|?*]/u));
	});

	it('has the correct extension, with something in front of it', () => {
		forAnyName((name, { extension }) => {
			expect(name).toMatch(new RegExp(`^[^. ].*\\.${extension}$`, 's'));
		});
	});

	it('has at most 200 characters', () => {
		forAnyName((name) => expect(name.length).toBeLessThanOrEqual(200));
	});

	it('has at most 255 bytes, the limit of common file systems', () => {
		forAnyName((name) => expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255));
	});

	it('contains no half of a character', () => {
		forAnyName((name) => expect(Buffer.from(name).toString()).toBe(name));
	});
});
