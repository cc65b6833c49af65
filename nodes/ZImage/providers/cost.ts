import type { ImageRequest, Operation } from './provider';

/** US dollars for a megapixel of the image. */
interface Rate {
	readonly plain: number;
	/** `null` where the documents have none. */
	readonly withLoras: number | null;
}

/** US dollars, as the provider's documents had them on the date given. */
interface Price {
	/** Of Turbo; what is not here has no documented price. */
	readonly perMegapixel: Readonly<Partial<Record<Operation, Rate>>>;
	/** For each request. */
	readonly promptExpansion: number;
	/** Whether a started megapixel is a whole one. */
	readonly wholeMegapixels: boolean;
}

/** The documented prices, by the provider's id. A provider without one here documents none. */
const prices: Readonly<Record<string, Price>> = {
	// The pages of the models, https://fal.ai/models/fal-ai/z-image/turbo and those below it, 2026-08-21 to
	// 2026-11-20; those of Inpaint and of Base were not to be had. How parts of a megapixel are rounded is
	// not documented.
	fal: {
		perMegapixel: {
			textToImage: { plain: 0.005, withLoras: 0.0085 },
			imageToImage: { plain: 0.005, withLoras: 0.0085 },
			controlNet: { plain: 0.0065, withLoras: null },
			seamlessTiling: { plain: 0.02, withLoras: null },
		},
		promptExpansion: 0.0025,
		wholeMegapixels: false,
	},
	// The credits of the examples in AI/ML API's reference of z-image-turbo-lora, 2026-08-21, at 2,000,000
	// to the dollar: 17,850 for 1440 x 512 pixels with the LoRA model.
	aimlapi: {
		perMegapixel: { textToImage: { plain: 0.00525, withLoras: 0.008925 } },
		promptExpansion: 0,
		wholeMegapixels: true,
	},
};

/**
 * What a task will cost by the provider's documents.
 * @returns US dollars, or `null` where no price is documented or the size is not known
 */
export function estimateCostUsd(providerId: string, request: ImageRequest): number | null {
	const { operation, model, width, height, numberOfImages, loras, options } = request;
	const price = model === 'turbo' ? prices[providerId] : undefined;
	const rate = price?.perMegapixel[operation];
	const perMegapixel = loras.length > 0 ? rate?.withLoras : rate?.plain;
	if (!price || typeof perMegapixel !== 'number' || width === null || height === null) return null;
	const pixels = (width * height) / 1_000_000;
	const megapixels = price.wholeMegapixels ? Math.ceil(pixels) : pixels;
	const expansion = options.enablePromptExpansion === true ? price.promptExpansion : 0;
	// Without the noise of binary fractions.
	return Number((megapixels * numberOfImages * perMegapixel + expansion).toFixed(9));
}
