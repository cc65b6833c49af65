import type { Price } from '../provider';

/** The price of the user's own server. */
export const noCharge: Price = { per: 'image', plain: 0, withLoras: 0 };

/** A 31-bit seed, which every sampler accepts, for servers that don't report their own random seed. */
export function drawSeed(random: number): number {
	return Math.floor(random * 2 ** 31);
}
