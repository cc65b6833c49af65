import type { Endpoint, ImageRequest, Price, Trainer } from './provider';

/** How often one image costs the price; `null` where its size is not known. */
function unitsOf({ per }: Price, width: number | null, height: number | null): number | null {
	if (per === 'image') return 1;
	if (width === null || height === null) return null;
	const megapixels = (width * height) / 1_000_000;
	return per === 'startedMegapixel' ? Math.ceil(megapixels) : megapixels;
}

/**
 * What a task will cost by the provider's documents.
 * @returns US dollars, or `null` where no price is documented or the size is not known
 */
export function estimateCostUsd({ price }: Endpoint, request: ImageRequest): number | null {
	const { width, height, numberOfImages, loras, options } = request;
	if (!price) return null;
	const perUnit = loras.length > 0 ? price.withLoras : price.plain;
	const units = unitsOf(price, width, height);
	if (perUnit === null || units === null) return null;
	const expansion = options.enablePromptExpansion === true ? (price.promptExpansion ?? 0) : 0;
	// Without the noise of binary fractions.
	return Number((units * numberOfImages * perUnit + expansion).toFixed(9));
}

/** What a training will cost by the provider's documents, in US dollars. */
export function estimateTrainingUsd({ price }: Trainer, steps: number): number {
	const { perThousandSteps, leastSteps } = price;
	return Number(((Math.max(steps, leastSteps) / 1000) * perThousandSteps).toFixed(9));
}
