import { z } from 'zod';
import {
	base,
	controlnet,
	drawn,
	fromImage,
	image,
	inpaint,
	loras,
	strength,
	type WaveSpeedSchema,
} from './imageFields';
import { startImage } from './imageJob';
import { fieldsOf, type WaveSpeedModel } from './model';
import { WAVESPEED_TRAINERS } from './trainers';

/** Further fields are ignored. GUESS: no page describes it. */
function model(
	name: string,
	schema: WaveSpeedSchema & { readonly shape: z.ZodRawShape },
	price: number,
): WaveSpeedModel {
	const made: WaveSpeedModel = {
		id: `wavespeed-ai/${name}`,
		fields: fieldsOf(schema.shape),
		priceOf: () => price,
		start: (context, body) => startImage(context, made, schema, body),
	};
	return made;
}

/**
 * Every Z-Image model for images, and the trainers. [wavespeed.ai/models/wavespeed-ai/…: the pages and their
 * llms.txt] GUESS: the price of image to image with LoRAs.
 */
export const WAVESPEED_MODELS: readonly WaveSpeedModel[] = [
	model('z-image/turbo', z.object(drawn), 0.005),
	model('z-image/turbo-lora', z.object({ ...drawn, ...loras }), 0.01),
	model('z-image-turbo/image-to-image', z.object(fromImage), 0.005),
	model('z-image-turbo/image-to-image-lora', z.object({ ...fromImage, ...loras }), 0.01),
	model('z-image/turbo-inpaint', inpaint, 0.02),
	model('z-image-turbo/controlnet', controlnet, 0.05),
	model('z-image/base', z.object({ ...base, image: image.optional(), strength }), 0.01),
	model('z-image/base-lora', z.object({ ...base, ...loras }), 0.012),
	...WAVESPEED_TRAINERS,
];

export const findWaveSpeedModel = (id: unknown): WaveSpeedModel | undefined =>
	WAVESPEED_MODELS.find((each) => each.id === id);
