import { createCanvas, type Image } from '@napi-rs/canvas';
import { brightness, mapRgb, type Rgb } from './paint';

const GREY: Rgb = [128, 128, 128];

const SIDE = 48;
const MOST_COLORS = 5;
/** A color below this share isn't part of the palette. */
const LEAST_PART = 0.04;
/** The bits per channel that distinguish colors. */
const BITS = 3;
const OPAQUE = 128;

interface Bin {
	count: number;
	red: number;
	green: number;
	blue: number;
}

/** Counts the colors of images. */
export class ColorCount {
	private readonly bins = new Map<number, Bin>();
	private total = 0;

	/** Every image counts the same, whatever its size. */
	add(image: Image): void {
		const context = createCanvas(SIDE, SIDE).getContext('2d');
		context.drawImage(image, 0, 0, SIDE, SIDE);
		const { data } = context.getImageData(0, 0, SIDE, SIDE);
		for (let at = 0; at < data.length; at += 4) {
			const [red = 0, green = 0, blue = 0, alpha = 0] = data.subarray(at, at + 4);
			if (alpha < OPAQUE) continue;
			const key = [red, green, blue].reduce((sum, part) => (sum << BITS) | (part >> (8 - BITS)), 0);
			const bin = this.bins.get(key) ?? { count: 0, red: 0, green: 0, blue: 0 };
			bin.count += 1;
			bin.red += red;
			bin.green += green;
			bin.blue += blue;
			this.bins.set(key, bin);
			this.total += 1;
		}
	}

	/** The most frequent colors, the most frequent one first. Gray if everything is transparent. */
	palette(): [Rgb, ...Rgb[]] {
		const [first, ...others] = [...this.bins.values()]
			.sort((one, other) => other.count - one.count)
			.slice(0, MOST_COLORS)
			.filter(({ count }, index) => index === 0 || count >= this.total * LEAST_PART)
			.map(({ count, red, green, blue }): Rgb =>
				mapRgb([red, green, blue], (part) => part / count),
			);
		return [first ?? GREY, ...others];
	}
}

/** How much of the darkest color remains in black, and how far the lightest goes to white. */
const DARKEST = 0.35;
const LIGHTEST = 0.45;

/** A palette's color for each brightness from 0 to 255, from its darkest to its lightest. */
export function shadesOf(palette: readonly Rgb[]): Rgb[] {
	const sorted = [...palette].sort((one, other) => brightness(one) - brightness(other));
	const darkest = sorted[0] ?? GREY;
	const lightest = sorted.at(-1) ?? GREY;
	const stops = [
		mapRgb(darkest, (part) => part * DARKEST),
		...sorted,
		mapRgb(lightest, (part) => part + (255 - part) * LIGHTEST),
	];
	return Array.from({ length: 256 }, (_item, level) => {
		const place = (level / 255) * (stops.length - 1);
		const before = Math.min(Math.floor(place), stops.length - 2);
		const [from = darkest, to = lightest] = stops.slice(before);
		return mix(from, to, place - before);
	});
}

const mix = (from: Rgb, to: Rgb, part: number): Rgb => {
	const at = (index: 0 | 1 | 2) => Math.round(from[index] + (to[index] - from[index]) * part);
	return [at(0), at(1), at(2)];
};
