import { createCanvas, loadImage } from '@napi-rs/canvas';
import { wrap } from '../../sandbox/emulator/picture/caption';
import { drawPicture, renderPicture } from '../../sandbox/emulator/picture/draw';
import type { Picture } from '../../sandbox/emulator/picture/picture';

const PICTURE: Picture = {
	provider: 'fal',
	model: 'fal-ai/z-image/turbo/lora',
	prompt: 'A red fox in the forest',
	seed: 42,
	width: 320,
	height: 256,
	format: 'png',
	loras: [],
	index: 0,
	black: false,
};
const lora = (path: string, scale = 1) => ({ ...PICTURE, loras: [{ path, scale }] });

const MAGIC = { png: '89504e470d0a1a0a', jpeg: 'ffd8ff', webp: '52494646' } as const;

describe('drawPicture', () => {
	it.each(['png', 'jpeg', 'webp'] as const)('encodes %s at the requested size', async (format) => {
		const bytes = await drawPicture({ ...PICTURE, format });
		expect(bytes.toString('hex').startsWith(MAGIC[format])).toBe(true);
		if (format === 'webp') expect(bytes.subarray(8, 12).toString()).toBe('WEBP');
		const { width, height } = await loadImage(bytes);
		expect({ width, height }).toEqual({ width: 320, height: 256 });
	});

	it('draws the same bytes again', async () => {
		const first = await drawPicture(PICTURE);
		expect(await drawPicture(PICTURE)).toBe(first);
		expect((await renderPicture(PICTURE)).equals(first)).toBe(true);
	});

	const variants: [string, Picture][] = [
		['another prompt', { ...PICTURE, prompt: 'A red fox in the garden' }],
		['another seed', { ...PICTURE, seed: 43 }],
		['the second of its images', { ...PICTURE, index: 1 }],
		['another provider', { ...PICTURE, provider: 'Novita' }],
		['another model', { ...PICTURE, model: 'fal-ai/z-image/turbo' }],
		['a LoRA', lora('someone/style-a')],
		['another LoRA', lora('someone/style-b')],
		['a weaker LoRA', lora('someone/style-a', 0.5)],
		['a LoRA of scale 0', lora('someone/style-a', 0)],
		[
			'two LoRAs',
			{
				...PICTURE,
				loras: [
					{ path: 'a/a', scale: 1 },
					{ path: 'b/b', scale: 1 },
				],
			},
		],
		['black', { ...PICTURE, black: true }],
	];
	it('draws something else for each difference', async () => {
		const all = await Promise.all(
			[PICTURE, ...variants.map(([, variant]) => variant)].map(async (picture) =>
				(await drawPicture(picture)).toString('base64'),
			),
		);
		expect(new Set(all).size).toBe(variants.length + 1);
	});

	it('changes the look, not only the caption, with a LoRA and its scale', async () => {
		const [plain, weak, strong, other] = await Promise.all(
			[PICTURE, lora('s/a', 0.2), lora('s/a', 2), lora('other/b', 2)].map(topHalf),
		);
		expect(distance(plain, weak)).toBeGreaterThan(1);
		expect(distance(plain, strong)).toBeGreaterThan(distance(plain, weak) * 1.5);
		expect(distance(strong, other)).toBeGreaterThan(10);
	});
});

/** The pixels above the caption. */
async function topHalf(picture: Picture): Promise<Uint8ClampedArray> {
	const context = createCanvas(320, 128).getContext('2d');
	context.drawImage(await loadImage(await drawPicture(picture)), 0, 0);
	return context.getImageData(0, 0, 320, 128).data;
}

function distance(one: Uint8ClampedArray | undefined, two: Uint8ClampedArray | undefined): number {
	if (one === undefined || two === undefined) throw new Error('no pixels');
	return (
		one.reduce((sum, value, index) => sum + Math.abs(value - (two[index] ?? 0)), 0) / one.length
	);
}

describe('wrap', () => {
	const measure = (text: string) => text.length;
	it.each([
		['', 10, []],
		['one two three', 7, ['one two', 'three']],
		['unbreakable', 4, ['unbr', 'eaka', 'ble']],
		['a b c d e f g h', 3, ['a b', 'c d', 'e…']],
	])('%s', (text, width, lines) => {
		expect(wrap(text, measure, width, 3)).toEqual(lines);
	});
});
