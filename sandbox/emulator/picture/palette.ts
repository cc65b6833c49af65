import type { Random } from './random';

/** Words that decide the hue, so that a red fox comes out reddish. */
const HUE_OF_WORD: ReadonlyArray<readonly [RegExp, number]> = [
	[/\b(red|rose|fire|autumn|fox)/i, 8],
	[/\b(orange|sunset|desert|beach|amber)/i, 28],
	[/\b(gold|yellow|sun|honey|candle)/i, 46],
	[/\b(green|forest|jungle|moss|garden)/i, 130],
	[/\b(teal|sea|lake|turquoise)/i, 178],
	[/\b(blue|ocean|sky|winter|snow|ice)/i, 212],
	[/\b(violet|purple|night|galaxy|space|lavender)/i, 265],
	[/\b(pink|magenta|cherry|blossom)/i, 330],
];

export interface Palette {
	readonly dark: string;
	readonly deep: string;
	readonly middle: string;
	readonly light: string;
	readonly pale: string;
	readonly accent: string;
	readonly second: string;
	readonly hue: number;
}

export const hsl = (hue: number, saturation: number, lightness: number, alpha = 1): string =>
	`hsla(${(((hue % 360) + 360) % 360).toFixed(1)}, ${saturation.toFixed(1)}%, ${lightness.toFixed(1)}%, ${alpha.toFixed(3)})`;

/** Colors for a prompt and seed: one hue family and two accents from around the color wheel. */
export function createPalette(prompt: string, random: Random): Palette {
	const named = HUE_OF_WORD.find(([words]) => words.test(prompt))?.[1];
	const hue = named === undefined ? random.between(0, 360) : named + random.between(-14, 14);
	const spread = random.pick([18, 28, -22, 36]);
	const opposite = hue + random.pick([165, 180, 195, 140, 215]);
	return {
		hue,
		dark: hsl(hue - spread, 52, 13),
		deep: hsl(hue - spread / 2, 56, 28),
		middle: hsl(hue, 60, 48),
		light: hsl(hue + spread, 70, 68),
		pale: hsl(hue + spread * 1.4, 82, 87),
		accent: hsl(opposite, 84, 60),
		second: hsl(opposite + spread, 76, 70),
	};
}
