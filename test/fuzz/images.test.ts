import { ImageScan } from '../../nodes/ZImage/images/imageScan';
import { readImageType, scanBytes } from '../../nodes/ZImage/images/imageType';
import { makePicture } from '../support/picture';
import { casesOf, check, holdsFor } from './choices';

const formats = ['png', 'jpeg', 'webp'] as const;
const mimeTypes = ['image/png', 'image/jpeg', 'image/webp'];
const pictures = formats.map((format) => makePicture(format, 24, 16));
const beginnings = [
	'',
	'89504e470d0a1a0a',
	'ffd8ff',
	'ffd8ffe00000',
	'ffd8ffe0ffff',
	'ffd8ffc0',
	'524946460000000057454250',
	...['56503858', '5650384c', '56503820'].map((kind) => `52494646ffffffff57454250${kind}`),
].map((hex) => Buffer.from(hex, 'hex'));

/** Images with some bytes changed, inserted, removed or cut off, and random bytes. */
const files = casesOf((choices) => {
	const isPicture = choices.below(4) > 0;
	const file = isPicture
		? Buffer.from(choices.pick(pictures))
		: Buffer.concat([
				choices.pick(beginnings),
				Buffer.alloc(choices.below(80), choices.below(256)),
			]);
	let bytes: Buffer = file;
	while (!choices.isEmpty()) {
		const place = Math.floor((choices.below(256) * bytes.length) / 256);
		// Most of what a reader looks at is in the first bytes.
		const at = choices.below(2) === 0 ? place : Math.min(choices.below(40), bytes.length);
		switch (choices.below(5)) {
			case 0:
				bytes = bytes.subarray(0, at);
				break;
			case 1:
				bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + choices.below(9))]);
				break;
			default:
				if (at < bytes.length) bytes[at] = choices.pick([0, 0xff, 0xc0, 0xd9, choices.below(256)]);
		}
	}
	return bytes;
});

it('the type and the end are found in any bytes', () => {
	const seen = new Map<string, number>();
	const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
	holdsFor(files, (bytes) => {
		const type = readImageType(bytes);
		if (!type) return void count('none');
		const { mimeType, width, height } = type;
		check(mimeTypes.includes(mimeType), 'Another type');
		check((width === null) === (height === null), 'Half a size');
		check(width === null || (Number.isSafeInteger(width) && width >= 0), 'An invalid width');
		check(height === null || (Number.isSafeInteger(height) && height >= 0), 'An invalid height');
		const isWhole = scanBytes(bytes).isWhole(false);
		check(!isWhole || scanBytes(bytes).isWhole(true), 'Less is taken of what came whole');
		// A stream returns the bytes in chunks of any length.
		const pieces = new ImageScan();
		for (let offset = 0; offset < bytes.length; offset += 7) {
			pieces.push(bytes.subarray(offset, offset + 7));
		}
		check(pieces.isWhole(false) === isWhole, 'Another judgement');
		check(pieces.type?.width === width && pieces.type?.height === height, 'Another size');
		count(`${mimeType} ${isWhole}`);
	});
	expect([...seen.keys()].sort()).toStrictEqual(
		['none', ...mimeTypes.flatMap((type) => [`${type} false`, `${type} true`])].sort(),
	);
	expect(Math.min(...seen.values())).toBeGreaterThan(500);
});
