/** A LoRA of the community for Z-Image Turbo, on Hugging Face. */
export interface LoraPreset {
	/** Value in saved workflows. */
	readonly name: string;
	readonly displayName: string;
	readonly description: string;
	/** Hugging Face repository, `owner/name`. */
	readonly path: string;
	/** Weights file in the repository, where known. */
	readonly file?: string;
	/** Words that the LoRA was trained on. It hardly has an effect without them. */
	readonly trigger?: string;
	/** The author's or the gallery's recommendation; 0.8 if there isn't one. */
	readonly scale: number;
	/** SPDX id, where known. */
	readonly licence?: string;
}

/**
 * The presets, in the order of the editor's list (by name). Training adapters and other utilities aren't
 * styles, so they are left out. Sources: the list in AI/ML API's reference of z-image-turbo-lora, the models'
 * cards on Hugging Face and public galleries of Z-Image LoRAs.
 */
export const loraPresets = [
	{
		name: 'eightiesAirBrush',
		displayName: '80s Air Brush',
		description: 'Airbrushed posters of the 1980s',
		path: 'tarn59/80s_air_brush_style_z_image_turbo',
		trigger: '80s Air Brush style.',
		scale: 0.8,
	},
	{
		name: 'animeZ',
		displayName: 'Anime',
		description: 'Anime illustration',
		path: 'strangerzonehf/Anime-Z',
		trigger: 'Anime-Z',
		scale: 0.8,
	},
	{
		name: 'childrensDrawings',
		displayName: "Children's Drawings",
		description: "Crayon drawings like a child's; needs no trigger words",
		path: 'ostris/z_image_turbo_childrens_drawings',
		file: 'z_image_turbo_childrens_drawings.safetensors',
		scale: 0.85,
		licence: 'Apache-2.0',
	},
	{
		name: 'classicPainting',
		displayName: 'Classic Painting',
		description: 'Oil paintings of the old masters',
		path: 'renderartist/Classic-Painting-Z-Image-Turbo-LoRA',
		file: 'Classic_Painting_Z_Image_Turbo_v1_renderartist_1750.safetensors',
		trigger: 'class1cpa1nt',
		scale: 0.8,
	},
	{
		name: 'coloringBook',
		displayName: 'Coloring Book',
		description: 'Clear outlines on white, for pages to color',
		path: 'renderartist/Coloring-Book-Z-Image-Turbo-LoRA',
		file: 'Coloring_Book_Z_Image_Turbo_v1_renderartist_2000.safetensors',
		trigger: 'c0l0ringb00k',
		scale: 0.8,
	},
	{
		name: 'ghibliStyle',
		displayName: 'Ghibli Style',
		description: 'Hand-painted animation film',
		path: 'Ttio2/Z-Image-Turbo-Ghibli-Style',
		trigger: 'Ghibli Style',
		scale: 0.8,
	},
	{
		name: 'historicColor',
		displayName: 'Historic Color',
		description: 'Color photographs from the early 1900s',
		path: 'AlekseyCalvin/HistoricColor_Z-image-Turbo-LoRA',
		file: 'ZImage1HST_000004000.safetensors',
		trigger: 'HST style',
		scale: 0.8,
	},
	{
		name: 'panyue',
		displayName: 'Panyue',
		description: 'A character: the digital persona Panyue',
		path: 'MGRI/Z-Image-Turbo-Panyue-Lora',
		trigger: 'Panyue',
		scale: 0.8,
	},
	{
		name: 'pencilSketch',
		displayName: 'Pencil Sketch',
		description: 'Drawings in pencil',
		path: 'Ttio2/Z-Image-Turbo-pencil-sketch',
		file: 'Zimage_pencil_sketch.safetensors',
		trigger: 'pencil sketch',
		scale: 0.8,
	},
	{
		name: 'pixelArt',
		displayName: 'Pixel Art',
		description: 'Images made of large pixels, like in old games',
		path: 'tarn59/pixel_art_style_lora_z_image_turbo',
		file: 'pixel_art_style_z_image_turbo.safetensors',
		trigger: 'Pixel art style.',
		scale: 0.8,
	},
	{
		name: 'portrait',
		displayName: 'Portrait',
		description: 'Studio portraits with fine skin and light',
		path: 'Shakker-Labs/AWPortrait-Z',
		file: 'AWPortrait-Z.safetensors',
		trigger: 'Portrait',
		scale: 0.8,
	},
	{
		name: 'realism',
		displayName: 'Realism',
		description: 'A more photographic look; best between 0.4 and 0.7',
		path: 'suayptalha/Z-Image-Turbo-Realism-LoRA',
		file: 'pytorch_lora_weights.safetensors',
		trigger: 'Realism',
		scale: 0.6,
		licence: 'Apache-2.0',
	},
	{
		name: 'reversalFilm',
		displayName: 'Reversal Film',
		description: 'Analog photographs on slide film',
		path: 'AIImageStudio/ReversalFilmGravure_z_Image_turbo',
		trigger: 'Reversal Film Gravure, analog film photography',
		scale: 0.8,
	},
	{
		name: 'saturdayMorning',
		displayName: 'Saturday Morning',
		description: 'Television cartoons',
		path: 'renderartist/Saturday-Morning-Z-Image-Turbo',
		trigger: 'saturd4ym0rning',
		scale: 0.8,
	},
	{
		name: 'tarot',
		displayName: 'Tarot',
		description: 'Tarot cards',
		path: 'multimodalart/tarot-z-image-lora',
		trigger: 'trtcrd',
		scale: 0.8,
	},
	{
		name: 'technicallyColor',
		displayName: 'Technically Color',
		description: 'The vivid colors and light of Technicolor films',
		path: 'renderartist/Technically-Color-Z-Image-Turbo',
		file: 'Technically_Color_Z_Image_Turbo_v1_renderartist_2000.safetensors',
		trigger: 't3chnic4lly',
		scale: 0.5,
	},
] as const satisfies readonly LoraPreset[];

/** Finds a preset by its name in saved workflows. */
export function findPreset(name: string): LoraPreset | undefined {
	return loraPresets.find((preset) => preset.name === name);
}
