import type { Rgb } from './paint';

export const FORMATS = ['jpeg', 'png', 'webp'] as const;
export type Format = (typeof FORMATS)[number];

export const CONTENT_TYPES: Record<Format, string> = {
	jpeg: 'image/jpeg',
	png: 'image/png',
	webp: 'image/webp',
};

/** How a picture follows another. [fal-js endpoints.ts: preprocess] */
export const CONTROLS = ['none', 'canny', 'depth', 'pose'] as const;
export type Control = (typeof CONTROLS)[number];

/** The directions in which a picture can be tiled. [fal-js endpoints.ts: tiling_mode] */
export const TILINGS = ['both', 'horizontal', 'vertical'] as const;
export type Tiling = (typeof TILINGS)[number];

/** What a LoRA from the sandbox's own trainers has learned. */
export interface LoraStyle {
	readonly palette: readonly Rgb[];
	/** The number of training images. */
	readonly images: number;
}

export interface Lora {
	readonly path: string;
	readonly scale: number;
	/** Drawn instead of the look that depends on the path. */
	readonly style?: LoraStyle | undefined;
}

/** Everything that a picture depends on: equal pictures have equal bytes. */
export interface Picture {
	readonly provider: string;
	readonly model: string;
	readonly prompt: string;
	readonly seed: number;
	readonly width: number;
	readonly height: number;
	readonly format: Format;
	readonly loras: readonly Lora[];
	/** The image's index in its request. */
	readonly index: number;
	/** Black instead of drawn, as a safety checker returns it. */
	readonly black: boolean;
	/** The SHA-256 of the image that it is made from. */
	readonly source?: string;
	/** The SHA-256 of the mask: white is drawn, black keeps the source. */
	readonly mask?: string;
	/** How much of the source is replaced. With `control`, how much of it shows. */
	readonly strength?: number;
	readonly control?: Control;
	readonly tiling?: Tiling;
	/** More lines of the caption. */
	readonly notes?: readonly string[];
}
