import { randomBytes, randomInt, randomUUID } from 'node:crypto';

export const newId = (): string => randomUUID();

/** Providers draw a random seed themselves when none is given. */
export const randomSeed = (): number => randomInt(1, 2 ** 31 - 1);

/** A URL part that cannot be guessed, as in the links of the content networks. */
export const randomName = (bytes: number): string => randomBytes(bytes).toString('base64url');
export const randomHex = (bytes: number): string => randomBytes(bytes).toString('hex');
