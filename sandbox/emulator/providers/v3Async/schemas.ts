import { z } from 'zod';
import type { Format } from '../../picture/picture';

/** 256 to 1536 on each side [SEED 001]. GUESS: the LoRA pages state no range, so the same one applies. */
const SMALLEST = 256;
const LARGEST = 1536;

const size = z
	.string()
	.regex(/^\d+\*\d+$/, 'size must be width*height, for example 1024*1024')
	.refine(
		(value) => Object.values(readSize(value)).every((side) => side >= SMALLEST && side <= LARGEST),
		`each dimension of size must be between ${SMALLEST} and ${LARGEST}`,
	)
	.default('1024*1024');

export function readSize(value: string): { width: number; height: number } {
	const [width = 0, height = 0] = value.split('*').map(Number);
	return { width, height };
}

export const common = {
	prompt: z.string().min(1),
	size,
	seed: z.number().int().gte(-1).lte(2147483647).default(-1),
};

export const loras = z
	.array(z.object({ path: z.string().min(1), scale: z.number().gte(0).lte(4).default(1) }).strict())
	.max(3)
	.default([]);

/** The common part of the three after they are read. */
export interface V3Input {
	readonly prompt: string;
	readonly size: string;
	readonly seed: number;
	readonly loras?: ReadonlyArray<{ readonly path: string; readonly scale: number }> | undefined;
	readonly image_url?: string | undefined;
	readonly mask?: string | undefined;
	readonly strength?: number | undefined;
	readonly output_format?: Format | undefined;
	readonly enable_base64_output?: boolean | undefined;
}
