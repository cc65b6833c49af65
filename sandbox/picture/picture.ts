export const FORMATS = ['jpeg', 'png', 'webp'] as const;
export type Format = (typeof FORMATS)[number];

export const CONTENT_TYPES: Record<Format, string> = {
	jpeg: 'image/jpeg',
	png: 'image/png',
	webp: 'image/webp',
};

export interface Lora {
	readonly path: string;
	readonly scale: number;
}

/** Everything a picture depends on: equal pictures have equal bytes. */
export interface Picture {
	readonly provider: string;
	readonly model: string;
	readonly prompt: string;
	readonly seed: number;
	readonly width: number;
	readonly height: number;
	readonly format: Format;
	readonly loras: readonly Lora[];
	/** Which of the images of one request. */
	readonly index: number;
	/** Black instead of drawn, as a safety checker leaves it. */
	readonly black: boolean;
}
