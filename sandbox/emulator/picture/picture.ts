import type { Rgb } from './paint';

export const FORMATS = ['jpeg', 'png', 'webp'] as const;
export type Format = (typeof FORMATS)[number];

export const CONTENT_TYPES: Record<Format, string> = {
	jpeg: 'image/jpeg',
	png: 'image/png',
	webp: 'image/webp',
};

/** How a picture is made to follow another. [fal-js endpoints.ts: preprocess] */
export const CONTROLS = ['none', 'canny', 'depth', 'pose'] as const;
export type Control = (typeof CONTROLS)[number];

/** In which directions a picture can be laid beside itself. [fal-js endpoints.ts: tiling_mode] */
export const TILINGS = ['both', 'horizontal', 'vertical'] as const;
export type Tiling = (typeof TILINGS)[number];

/** What a LoRA of the sandbox's own trainers has learned. */
export interface LoraStyle {
	readonly palette: readonly Rgb[];
	/** From how many images. */
	readonly images: number;
}

export interface Lora {
	readonly path: string;
	readonly scale: number;
	/** Drawn in place of the look that follows from its path. */
	readonly style?: LoraStyle | undefined;
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
	/** The SHA-256 of the image that it is made from. */
	readonly source?: string;
	/** The SHA-256 of the mask: white is drawn, black is kept of the source. */
	readonly mask?: string;
	/** How much of the source is replaced; with `control`, how much of it shows. */
	readonly strength?: number;
	readonly control?: Control;
	readonly tiling?: Tiling;
	/** More lines of the caption. */
	readonly notes?: readonly string[];
}
