import { createHash } from 'crypto';

import type { Style } from './styles';

/** Steps between scales need no more digits than these. Adding 0 makes a zero of -0, which a step a hair below 0 becomes. */
const roundScale = (scale: number): number => Math.round(scale * 10_000) / 10_000 + 0;

/**
 * Scales from one to another in equal steps, both ends included, rounded to 4 decimals.
 * @param steps how many scales, at least 2
 */
export function sweepScales(from: number, to: number, steps: number): number[] {
	return Array.from({ length: steps }, (_, step) =>
		roundScale(from + ((to - from) * step) / (steps - 1)),
	);
}

/** A style once at each scale, with the scale in its name. */
export function atScales({ name, lora }: Style, scales: readonly number[]): Style[] {
	return scales.map((scale) => ({ name: `${name} ${scale}`, lora: { ...lora, scale } }));
}

/** A number from 0 to below `end`, always the same for the same draw. */
function drawBelow(end: number, seed: number, itemIndex: number, draw: number): number {
	const digest = createHash('sha256').update(`${seed}:${itemIndex}:${draw}`).digest();
	return Math.floor((digest.readUIntBE(0, 6) / 2 ** 48) * end);
}

/** The styles, where a path that is among them several times counts once, as its last one. */
export function uniqueStyles(styles: readonly Style[]): Style[] {
	return [...new Map(styles.map((style) => [style.lora.path, style])).values()];
}

/**
 * Draws styles for an item, none of them twice; the same seed gives the same ones to the same item.
 * @param count how many, at most as many as there are
 */
export function drawStyles(
	styles: readonly Style[],
	count: number,
	seed: number,
	itemIndex: number,
): Style[] {
	const left = [...styles];
	return Array.from({ length: count }, (_, draw) =>
		left.splice(drawBelow(left.length, seed, itemIndex, draw), 1),
	).flat();
}
