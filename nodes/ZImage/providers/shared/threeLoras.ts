import type { LoraLimits } from '../provider';

/**
 * At most 3 LoRAs, as every provider of Z-Image documents. The scales are those that Novita, AI/ML API and the
 * types of fal's official client document. Highway API documents none; its sister brand JieKou AI has the same.
 */
export const threeLoras: LoraLimits = { max: 3, scale: { min: 0, max: 4 } };
