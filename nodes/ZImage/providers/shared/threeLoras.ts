import type { LoraLimits } from '../provider';

/**
 * At most 3 LoRAs, as every provider of Z-Image documents. The scales are those that Novita and AI/ML API document; fal
 * and Highway API have none.
 */
export const threeLoras: LoraLimits = { max: 3, scale: { min: 0, max: 4 } };
