import type { ImageRequest } from '../provider';

/**
 * The values that Z-Image Turbo needs, where they differ from sd-server's defaults. Source: docs/z_image.md of
 * stable-diffusion.cpp
 */
export const sdTurbo = { steps: 8, guidanceScale: 1 } as const;

/**
 * The fields of stable-diffusion.cpp's server that both of its APIs take.
 * Source: https://github.com/leejet/stable-diffusion.cpp/blob/97d2990/examples/server/api.md (Request Body)
 */
export function sdParameters({ seed, loras, options }: ImageRequest) {
	const { guidanceScale, negativePrompt, steps } = options;
	return {
		// Always sent: the default is the one in the server's start options, and with -1 the server doesn't
		// report the seed.
		seed,
		sample_params: {
			sample_steps: steps ?? sdTurbo.steps,
			guidance: { txt_cfg: guidanceScale ?? sdTurbo.guidanceScale },
		},
		...(negativePrompt !== undefined && { negative_prompt: negativePrompt }),
		...(loras.length > 0 && {
			lora: loras.map(({ path, scale }) => ({ path, multiplier: scale })),
		}),
	};
}
