import type { ImageRequest } from './provider';

/** US dollars, as the provider's documents had them on the date given. */
interface Price {
	readonly perMegapixel: number;
	readonly perMegapixelWithLoras: number;
	/** For each request. */
	readonly promptExpansion: number;
	/** Whether a started megapixel is a whole one. */
	readonly wholeMegapixels: boolean;
}

/** The documented prices, by the provider's id. A provider without one here documents none. */
const prices: Readonly<Record<string, Price>> = {
	// https://fal.ai/models/fal-ai/z-image/turbo/lora, 2026-08-21. How parts of a megapixel are rounded is
	// not documented.
	fal: {
		perMegapixel: 0.005,
		perMegapixelWithLoras: 0.0085,
		promptExpansion: 0.0025,
		wholeMegapixels: false,
	},
	// The credits of the examples in AI/ML API's reference of z-image-turbo-lora, 2026-08-21, at 2,000,000
	// to the dollar: 17,850 for 1440 x 512 pixels with the LoRA model.
	aimlapi: {
		perMegapixel: 0.00525,
		perMegapixelWithLoras: 0.008925,
		promptExpansion: 0,
		wholeMegapixels: true,
	},
};

/**
 * What a task will cost by the provider's documents.
 * @returns US dollars, or `null` where no price is documented
 */
export function estimateCostUsd(providerId: string, request: ImageRequest): number | null {
	const price = prices[providerId];
	if (!price) return null;
	const { width, height, numberOfImages, loras, options } = request;
	const pixels = (width * height) / 1_000_000;
	const megapixels = price.wholeMegapixels ? Math.ceil(pixels) : pixels;
	const perMegapixel = loras.length > 0 ? price.perMegapixelWithLoras : price.perMegapixel;
	const expansion = options.enablePromptExpansion === true ? price.promptExpansion : 0;
	return megapixels * numberOfImages * perMegapixel + expansion;
}
