import type { Endpoint, ImageRequest } from './provider';

/**
 * What a task will cost by the provider's documents.
 * @returns US dollars, or `null` where no price is documented or the size is not known
 */
export function estimateCostUsd({ price }: Endpoint, request: ImageRequest): number | null {
	const { width, height, numberOfImages, loras, options } = request;
	if (!price || width === null || height === null) return null;
	const { plain, withLoras } = price.perMegapixel;
	const perMegapixel = loras.length > 0 ? withLoras : plain;
	if (perMegapixel === null) return null;
	const pixels = (width * height) / 1_000_000;
	const megapixels = price.wholeMegapixels ? Math.ceil(pixels) : pixels;
	const expansion = options.enablePromptExpansion === true ? price.promptExpansion : 0;
	// Without the noise of binary fractions.
	return Number((megapixels * numberOfImages * perMegapixel + expansion).toFixed(9));
}
