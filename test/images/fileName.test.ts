import fc from 'fast-check';

import { imageFileName } from '../../nodes/ZImage/images/fileName';

type Parts = Parameters<typeof imageFileName>[0];

const parts = (changes: Partial<Parts> = {}): Parts => ({
	fileName: undefined,
	taskId: '830d9c90',
	image: { url: 'https://v3.fal.media/files/a.png' },
	imageIndex: 0,
	imageCount: 1,
	extension: 'png',
	...changes,
});

it.each<[Partial<Parts>, string]>([
	// Without a name of the user's.
	[{}, 'z-image-830d9c90-0.png'],
	[{ imageIndex: 2, imageCount: 4, extension: 'webp' }, 'z-image-830d9c90-2.webp'],
	[{ taskId: '../../etc/passwd' }, 'z-image-etc-passwd-0.png'],
	[{ taskId: null }, 'z-image-d4f8ef93a2b2-0.png'],
	[{ fileName: '' }, 'z-image-830d9c90-0.png'],
	[{ fileName: '.png' }, 'z-image-830d9c90-0.png'],
	[{ fileName: ' .. ' }, 'z-image-830d9c90-0.png'],
	[{ fileName: '🗼🗼' }, 'z-image-830d9c90-0.png'],

	// With one.
	[{ fileName: 'lighthouse' }, 'lighthouse.png'],
	[{ fileName: 'lighthouse.png' }, 'lighthouse.png'],
	[{ fileName: 'lighthouse.png', extension: 'jpg' }, 'lighthouse.jpg'],
	[{ fileName: 'lighthouse.JPEG', extension: 'webp' }, 'lighthouse.webp'],
	[{ fileName: ' lighthouse.png ' }, 'lighthouse.png'],
	[{ fileName: 'lighthouse.png\n', extension: 'webp' }, 'lighthouse.webp'],
	[{ fileName: ' .png ' }, 'z-image-830d9c90-0.png'],
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
	[{ fileName: '❤\ufe0f' }, 'z-image-830d9c90-0.png'],
	[{ fileName: 'Com1 .a' }, '_Com1 .a.png'],
	[{ fileName: 'LPT²' }, '_LPT².png'],
	[{ fileName: 'console' }, 'console.png'],
	[{ fileName: 'dots... inside...' }, 'dots... inside.png'],
	// Scripts that need marks.
	[{ fileName: 'हिन्दी चित्र' }, 'हिन्दी चित्र.png'],
	[{ fileName: 'ภาพน้ำ' }, 'ภาพน้ำ.png'],
	[{ fileName: 'صُورَة' }, 'صُورَة.png'],
	[{ fileName: 'תְּמוּנָה' }, 'תְּמוּנָה.png'],
	// Devices on Windows.
	[{ fileName: 'CON' }, '_CON.png'],
	[{ fileName: 'nul.png' }, '_nul.png'],
	[{ fileName: 'Com1.backup' }, '_Com1.backup.png'],
	[{ fileName: 'console' }, 'console.png'],
	[{ taskId: 'aux' }, 'z-image-_aux-0.png'],
	// Only the beginning is looked at.
	[{ fileName: `${'/'.repeat(999)}a` }, 'a.png'],
	[{ fileName: `${'/'.repeat(1000)}a` }, 'z-image-830d9c90-0.png'],
	[{ taskId: `${'/'.repeat(999)}a` }, 'z-image-a-0.png'],
	[{ fileName: `${' '.repeat(1000)}a${' '.repeat(1000)}.png` }, 'a.png'],
])('%j is %j', (changes, expected) => {
	expect(imageFileName(parts(changes))).toBe(expected);
});

it('gives the same URL the same name, and another one another', () => {
	const nameOf = (url: string) => imageFileName(parts({ taskId: null, image: { url } }));
	expect(nameOf('https://a.example/1')).toBe(nameOf('https://a.example/1'));
	expect(nameOf('https://a.example/1')).not.toBe(nameOf('https://a.example/2'));
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
		taskId: fc.option(names, { nil: null }),
		image: fc.record({ url: fc.webUrl() }),
		imageIndex: fc.nat(3),
		imageCount: fc.integer({ min: 1, max: 4 }),
		extension: fc.constantFrom('png', 'jpg', 'webp'),
	});
	const forAnyName = (check: (name: string, given: Parts) => void) =>
		fc.assert(
			fc.property(anyParts, (given) => check(imageFileName(given), given)),
			{
				numRuns: 1000,
			},
		);

	it('has no character that a file system takes amiss', () => {
		forAnyName((name) => expect(name).not.toMatch(/[\p{Cc}<>:"/\\|?*]/u));
	});

	it('has the true extension and something before it', () => {
		forAnyName((name, { extension }) => {
			expect(name).toMatch(new RegExp(`^[^. ].*\\.${extension}$`, 's'));
		});
	});

	it('has at most 200 characters', () => {
		forAnyName((name) => expect(name.length).toBeLessThanOrEqual(200));
	});

	it('has at most 255 bytes, which is what common file systems take', () => {
		forAnyName((name) => expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255));
	});

	it('has no half of a character', () => {
		forAnyName((name) => expect(Buffer.from(name).toString()).toBe(name));
	});
});
