import type { ImageRequest } from '../../nodes/ZImage/providers/provider';

/** A plain request, with what a test wants different. */
export function imageRequest(changes: Partial<ImageRequest> = {}): ImageRequest {
	return {
		prompt: 'a lighthouse',
		width: 1024,
		height: 1024,
		numberOfImages: 1,
		loras: [],
		options: {},
		...changes,
	};
}

export const allOptions = {
	steps: 6,
	outputFormat: 'webp',
	acceleration: 'high',
	enableSafetyChecker: false,
	enablePromptExpansion: true,
} as const;

export const twoLoras = [
	{ path: 'ostris/z_image_turbo_childrens_drawings', scale: 0.85 },
	{ path: 'https://civitai.com/api/download/models/2442439', scale: 0 },
];
