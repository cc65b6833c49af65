import type { Repository } from './repository';

/**
 * Repositories that exist. The names, and most files and trigger words, match public galleries and cards.
 * GUESS: all numbers, most licenses, the file names of MGRI, GuangyuanSD and ostris' adapter, and those of all
 * entries after Zimage_pencil_sketch.
 */
export const KNOWN: readonly Repository[] = [
	{
		id: 'Tongyi-MAI/Z-Image-Turbo',
		downloads: 912_004,
		files: ['model_index.json', 'transformer/diffusion_pytorch_model-00001-of-00003.safetensors'],
		base: null,
	},
	{
		id: 'ostris/zimage_turbo_training_adapter',
		downloads: 30_112,
		files: [
			'zimage_turbo_training_adapter_v1.safetensors',
			'zimage_turbo_training_adapter_v2.safetensors',
		],
	},
	{
		id: 'suayptalha/Z-Image-Turbo-Realism-LoRA',
		downloads: 21_870,
		files: ['pytorch_lora_weights.safetensors'],
		trigger: 'Realism',
	},
	{
		id: 'renderartist/Technically-Color-Z-Image-Turbo',
		downloads: 18_205,
		files: ['Technically_Color_Z_Image_Turbo_v1_renderartist_2000.safetensors'],
		trigger: 't3chnic4lly',
	},
	{
		id: 'tarn59/pixel_art_style_lora_z_image_turbo',
		downloads: 15_342,
		files: ['pixel_art_style_z_image_turbo.safetensors'],
		trigger: 'Pixel art style.',
	},
	{
		id: 'ostris/z_image_turbo_childrens_drawings',
		downloads: 12_990,
		files: ['z_image_turbo_childrens_drawings.safetensors'],
		trigger: null,
	},
	{
		id: 'renderartist/Classic-Painting-Z-Image-Turbo-LoRA',
		downloads: 11_451,
		files: ['Classic_Painting_Z_Image_Turbo_v1_renderartist_1750.safetensors'],
		trigger: 'class1cpa1nt',
	},
	{
		id: 'renderartist/Coloring-Book-Z-Image-Turbo-LoRA',
		downloads: 9_874,
		files: ['Coloring_Book_Z_Image_Turbo_v1_renderartist_2000.safetensors'],
		trigger: 'c0l0ringb00k',
	},
	{
		id: 'AlekseyCalvin/HistoricColor_Z-image-Turbo-LoRA',
		downloads: 7_733,
		files: ['ZImage1HST_000004000.safetensors'],
		trigger: 'HST style',
	},
	{
		id: 'MGRI/Z-Image-Turbo-Panyue-Lora',
		downloads: 6_120,
		files: ['Z-Image-Turbo-Panyue-Lora.safetensors'],
		trigger: 'Panyue',
	},
	{
		id: 'GuangyuanSD/Z-Image-Re-Turbo-LoRA',
		downloads: 5_981,
		files: ['Z-Image-Re-Turbo-LoRA.safetensors'],
	},
	{
		id: 'Shakker-Labs/AWPortrait-Z',
		downloads: 5_544,
		files: ['AWPortrait-Z.safetensors'],
		trigger: 'Portrait',
	},
	{
		id: 'Ttio2/Z-Image-Turbo-pencil-sketch',
		downloads: 4_802,
		files: ['Zimage_pencil_sketch.safetensors'],
		trigger: 'pencil sketch',
	},
	{
		id: 'Ttio2/Z-Image-Turbo-Ghibli-Style',
		downloads: 4_777,
		files: ['ghibli_style.safetensors'],
		trigger: 'Ghibli Style',
	},
	{
		id: 'renderartist/Saturday-Morning-Z-Image-Turbo',
		downloads: 4_310,
		files: ['Saturday_Morning_Z_Image_Turbo_v1_renderartist.safetensors'],
		trigger: 'saturd4ym0rning',
	},
	{
		id: 'tarn59/80s_air_brush_style_z_image_turbo',
		downloads: 4_101,
		files: ['80s_air_brush_style_z_image_turbo.safetensors'],
		trigger: '80s Air Brush style.',
	},
	{
		id: 'AIImageStudio/ReversalFilmGravure_z_Image_turbo',
		downloads: 3_965,
		files: ['z_image_turbo_ReversalFilmGravure_v1.safetensors'],
		trigger: 'Reversal Film Gravure, analog film photography',
	},
	{
		id: 'multimodalart/tarot-z-image-lora',
		downloads: 3_402,
		files: ['tarot-z-image.safetensors'],
		trigger: 'trtcrd',
	},
	{
		id: 'Quorlen/Z-Image-Turbo-Behind-Reeded-Glass-Lora',
		downloads: 2_650,
		files: ['behind_reeded_glass.safetensors'],
		trigger: 'Act1vate!',
	},
	{
		id: 'artificialguybr/COLORINGBOOK-REDMOND-ZIMAGE',
		downloads: 2_544,
		files: ['ColoringBookRedmond-ZImage.safetensors'],
		trigger: 'Coloring Book, ColoringBookAF',
	},
	{
		id: 'damnthatai/1950s_American_Dream',
		downloads: 2_310,
		files: ['1950s_american_dream.safetensors'],
		trigger: '5os4m3r1c4n4',
	},
	{
		id: 'CedarC/Z-Image_360',
		downloads: 1_988,
		files: ['z_image_360.safetensors'],
		trigger: '360panorama',
	},
	{
		id: 'strangerzonehf/Anime-Z',
		downloads: 1_840,
		files: ['Anime-Z.safetensors'],
		trigger: 'Anime-Z',
	},
	{
		id: 'neph1/80s_horror_movies_lora_zit',
		downloads: 1_502,
		files: ['80s_horror_zit.safetensors'],
		trigger: '80s_horror',
	},
];
