import type { Price } from '../provider';

/** What a server of one's own costs. */
export const noCharge: Price = { per: 'image', plain: 0, withLoras: 0 };

/** A seed of 31 bits, which every sampler takes, for servers whose own random one comes back to nobody. */
export function drawSeed(random: number): number {
	return Math.floor(random * 2 ** 31);
}
