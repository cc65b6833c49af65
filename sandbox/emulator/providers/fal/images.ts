import type { FalEndpoint } from './endpoint';
import { startImages } from './imageJob';
import {
	base,
	controlnet,
	imageToImage,
	inpaint,
	loras,
	tiling,
	turbo,
	type FalSchema,
} from './schemas';

/** GUESS: how a mask without an image is refused. The official types show that it needs one. */
const checkMask = (schema: FalSchema): FalSchema =>
	schema.superRefine((input, issues) => {
		if (typeof input.mask_image_url === 'string' && typeof input.image_url !== 'string') {
			const message = 'mask_image_url requires image_url';
			issues.addIssue({ code: 'custom', path: ['mask_image_url'], message });
		}
	});

function endpoint(id: string, fields: FalSchema, unitPrice: number): FalEndpoint {
	const schema = checkMask(fields);
	const made: FalEndpoint = {
		id,
		unitPrice,
		unit: 'megapixels',
		category: /(turbo|base)(\/lora)?$/.test(id) ? 'text-to-image' : 'image-to-image',
		start: (context, host, body) => startImages(context, host, made, schema, body),
	};
	return made;
}

/** An endpoint and its variant with LoRAs, with the prices of both. */
function pair(
	path: string,
	plain: FalSchema,
	withLoras: FalSchema,
	[price, loraPrice]: readonly [number, number],
): FalEndpoint[] {
	const id = `fal-ai/z-image/${path}`;
	return [endpoint(id, plain, price), endpoint(`${id}/lora`, withLoras, loraPrice)];
}

/**
 * Every Z-Image endpoint for images. [fal-js endpoints.ts: EndpointTypeMap] The prices are from the models'
 * pages. GUESS: inpaint costs the same as image to image, and base the same without LoRAs.
 */
export const FAL_IMAGE_ENDPOINTS: readonly FalEndpoint[] = [
	...pair('turbo', turbo, turbo.extend(loras), [0.005, 0.0085]),
	...pair('turbo/image-to-image', imageToImage, imageToImage.extend(loras), [0.005, 0.0085]),
	...pair('turbo/inpaint', inpaint, inpaint.extend(loras), [0.005, 0.0085]),
	...pair('turbo/controlnet', controlnet, controlnet.extend(loras), [0.0065, 0.01]),
	...pair('turbo/tiling', tiling, tiling.extend(loras), [0.02, 0.025]),
	...pair('base', base, base.extend(loras), [0.01, 0.012]),
];
