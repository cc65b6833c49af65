import { createHash } from 'crypto';

import type { Style } from './styles';

/**
 * The digits that a step between scales needs. Adding 0 turns -0 into 0: a step just below 0 is rounded to -0.
 */
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

/** A number from 0 up to `end`, always the same for the same draw. */
function drawBelow(end: number, seed: number, itemIndex: number, draw: number): number {
	const digest = createHash('sha256').update(`${seed}:${itemIndex}:${draw}`).digest();
	return Math.floor((digest.readUIntBE(0, 6) / 2 ** 48) * end);
}

/** The styles. A path that occurs several times counts once, with its last entry. */
export function uniqueStyles(styles: readonly Style[]): Style[] {
	return [...new Map(styles.map((style) => [style.lora.path, style])).values()];
}

/**
 * Draws styles for an item without duplicates. The same seed gives the same item the same ones.
 * @param count at most the number of styles
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
