import type { ImageRequest } from '../provider';

/** What Z-Image Turbo needs, other than the defaults of sd-server. Source: docs/z_image.md of stable-diffusion.cpp */
export const sdTurbo = { steps: 8, guidanceScale: 1 } as const;

/**
 * The fields of stable-diffusion.cpp's server that both of its APIs take.
 * Source: https://github.com/leejet/stable-diffusion.cpp/blob/97d2990/examples/server/api.md (Request Body)
 */
export function sdParameters({ seed, loras, options }: ImageRequest) {
	const { guidanceScale, negativePrompt, steps } = options;
	return {
		// Always: one that is left out is that of the server's start options, and -1 one that nobody is told.
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
