import { GlobalFonts } from '@napi-rs/canvas';

export const SANS = 'Sandbox Sans';
export const MONO = 'Sandbox Mono';

const FILES = [
	['@fontsource/dejavu-sans/files/dejavu-sans-latin-400-normal.woff2', SANS],
	['@fontsource/dejavu-sans/files/dejavu-sans-latin-700-normal.woff2', SANS],
	['@fontsource/dejavu-mono/files/dejavu-mono-latin-400-normal.woff2', MONO],
] as const;

let isRegistered = false;

/** Registers the fonts from their files, because some machines have none, and all must draw the same. */
export function registerFonts(): void {
	if (isRegistered) return;
	for (const [file, family] of FILES) {
		if (GlobalFonts.registerFromPath(require.resolve(file), family) === null) {
			throw new Error(`The sandbox cannot read the font ${file}`);
		}
	}
	isRegistered = true;
}
