import { randomBytes } from 'node:crypto';

import type { SandboxKeys } from '../../sandbox/emulator/hosts';

/**
 * Part of every key of this run, and of both halves of fal's key: any text that contains it has leaked a key.
 */
export const runToken = randomBytes(8).toString('hex');

/** Keys that no other case has. */
export function createKeys(caseNumber: number): SandboxKeys {
	const key = (letter: string) => `${runToken}${letter}${caseNumber}${letter}`;
	return {
		fal: `${key('i')}:${key('s')}`,
		novita: `sk_${key('n')}`,
		highway: `sk_${key('h')}`,
		aimlapi: key('a'),
		wavespeed: key('w'),
		replicate: `r8_${key('r')}`,
		sdcpp: key('d'),
		openaiCompatible: `sk-${key('o')}`,
		comfyui: key('c'),
	};
}

function unescaped(text: string): string {
	return text
		.replaceAll(/\\+u([0-9a-fA-F]{4})/g, (_all, code: string) =>
			String.fromCharCode(parseInt(code, 16)),
		)
		.replaceAll(/%([0-9a-fA-F]{2})/g, (_all, code: string) =>
			String.fromCharCode(parseInt(code, 16)),
		);
}

/** The token in base64, at any offset of the encoded text. */
const encodedTokens = [0, 1, 2].map((shift) =>
	Buffer.from(`${' '.repeat(shift)}${runToken}`)
		.toString('base64')
		.slice(4, 20),
);

/** Where a text contains a key of this run, plain, escaped or encoded. Returns the context without the key. */
export function findKey(text: string): string | undefined {
	for (const form of [text, unescaped(text)]) {
		for (const token of [runToken, ...encodedTokens]) {
			const at = form.indexOf(token);
			if (at >= 0) return `${form.slice(Math.max(0, at - 80), at)}<key>`;
		}
	}
	return undefined;
}

/** Stands for the case of a text that doesn't reveal it. */
export const nobody = -1;

/** The case that a text with a key belongs to. */
export function caseOf(text: string): number | undefined {
	const [, number] = new RegExp(`${runToken}[a-z](\\d+)`).exec(unescaped(text)) ?? [];
	return number === undefined ? undefined : Number(number);
}
