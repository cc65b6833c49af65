import { randomBytes, randomInt, randomUUID } from 'node:crypto';

export const newId = (): string => randomUUID();

/** Providers choose a random seed if none is given. */
export const randomSeed = (): number => randomInt(1, 2 ** 31 - 1);

/** A URL part that can't be guessed, as in CDN links. */
export const randomName = (bytes: number): string => randomBytes(bytes).toString('base64url');
export const randomHex = (bytes: number): string => randomBytes(bytes).toString('hex');
