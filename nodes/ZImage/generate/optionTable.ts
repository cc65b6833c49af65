import type { Endpoint, ProviderOption } from '../providers/provider';

/** One of the values of a choice. */
export interface Choice {
	readonly name: string;
	readonly value: string;
	readonly description?: string;
}

/** How an option's value is read, and how the editor asks for it. */
type Kind =
	| {
			readonly kind: 'choice';
			readonly choices: readonly Choice[];
			/** Other names for them, in lower case. */
			readonly aliases?: Readonly<Record<string, string>>;
	  }
	| { readonly kind: 'flag' | 'number' }
	| { readonly kind: 'json' | 'text'; readonly placeholder: string }
	/** One of a list that the server has. */
	| { readonly kind: 'name'; readonly placeholder: string; readonly searchListMethod: string };

/**
 * An option that only some endpoints have. Each endpoint has its own bounds and default. A number that needn't
 * be a multiple of anything may have a fraction.
 */
export type OptionRow = Kind & {
	readonly name: ProviderOption;
	/** The editor's name. */
	readonly displayName: string;
	/** What it does: the beginning of its description. */
	readonly what: string;
	/** A sentence after its bounds. */
	readonly note?: string;
	/** It is a separate parameter, not part of the collection Options. */
	readonly isOwnParameter?: true;
};

/** Every option that only some endpoints have, in the order of the editor's list. */
export const optionTable: readonly OptionRow[] = [
	{
		name: 'outputFormat',
		displayName: 'Output Format',
		kind: 'choice',
		choices: [
			{ name: 'JPEG', value: 'jpeg' },
			{ name: 'PNG', value: 'png' },
			{ name: 'WebP', value: 'webp' },
		],
		aliases: { jpg: 'jpeg' },
		what: 'File type of the image',
	},
	{
		name: 'outputQuality',
		displayName: 'Output Quality',
		kind: 'number',
		what: 'Quality of a JPEG or WebP file',
		note: 'Higher looks better but makes a larger file.',
	},
	{
		name: 'modelName',
		displayName: 'Model Name',
		kind: 'name',
		searchListMethod: 'searchModels',
		placeholder: 'e.g. z-image-turbo',
		what: 'Model name on the server',
		note: 'Not needed if the server has only one model.',
	},
	{
		name: 'steps',
		displayName: 'Steps',
		kind: 'number',
		what: 'Number of inference steps',
		note: 'Fewer are faster and rougher.',
	},
	{
		name: 'strength',
		displayName: 'Strength',
		kind: 'number',
		what: 'How much the source image can change',
		note: '0 keeps it unchanged, 1 replaces it.',
	},
	{
		name: 'negativePrompt',
		displayName: 'Negative Prompt',
		kind: 'text',
		placeholder: 'e.g. text, watermark',
		what: 'What the image should not show',
	},
	{
		name: 'guidanceScale',
		displayName: 'Guidance Scale',
		kind: 'number',
		what: 'How closely the image follows the prompt',
	},
	{
		name: 'controlScale',
		displayName: 'Control Scale',
		kind: 'number',
		what: 'How closely to follow the source image',
	},
	{
		name: 'controlStart',
		displayName: 'Control Start',
		kind: 'number',
		what: 'When the source image starts guiding (0 = start, 1 = end)',
	},
	{
		name: 'controlEnd',
		displayName: 'Control End',
		kind: 'number',
		what: 'When the source image stops guiding (0 = start, 1 = end)',
	},
	{
		name: 'tilingMode',
		displayName: 'Tiling Mode',
		kind: 'choice',
		choices: [
			{ name: 'Both', value: 'both', description: 'Repeats in all directions' },
			{ name: 'Horizontal', value: 'horizontal', description: 'Repeats from left to right' },
			{ name: 'Vertical', value: 'vertical', description: 'Repeats from top to bottom' },
		],
		what: 'The directions in which the image repeats without visible seams',
	},
	{
		name: 'tileSize',
		displayName: 'Tile Size',
		kind: 'number',
		what: 'Tile size in units of 8 pixels',
		note: '64 is 512 pixels, 128 is 1024.',
	},
	{
		name: 'tileStride',
		displayName: 'Tile Stride',
		kind: 'number',
		what: 'Distance between tiles in units of 8 pixels',
		note: 'Must be at most half the tile size.',
	},
	{
		name: 'diffusionModel',
		displayName: 'Diffusion Model',
		kind: 'name',
		searchListMethod: 'searchDiffusionModels',
		placeholder: 'e.g. z_image_turbo_bf16.safetensors',
		what: "Model file in the server's models/diffusion_models folder",
	},
	{
		name: 'textEncoder',
		displayName: 'Text Encoder',
		kind: 'name',
		searchListMethod: 'searchTextEncoders',
		placeholder: 'e.g. qwen_3_4b.safetensors',
		what: "Text encoder file in the server's models/text_encoders folder",
	},
	{
		name: 'vae',
		displayName: 'VAE',
		kind: 'name',
		searchListMethod: 'searchVaes',
		placeholder: 'e.g. ae.safetensors',
		what: "VAE file in the server's models/vae folder",
	},
	{
		name: 'workflow',
		displayName: 'Workflow (API Format)',
		kind: 'json',
		placeholder: 'e.g. {"6": {"class_type": "CLIPTextEncode", "inputs": {"text": "%prompt%"}}}',
		what: 'Your own workflow, saved in ComfyUI with Export (API), instead of the built-in one',
		note: 'Put %prompt%, %seed%, %width%, %height%, %steps%, %strength%, %diffusion_model%, %text_encoder%, %vae%, %image%, %mask%, %lora1% and %lora1_scale% where the values belong. %prompt% and %seed% are required.',
	},
	{
		name: 'acceleration',
		displayName: 'Acceleration',
		kind: 'choice',
		choices: [
			{ name: 'None', value: 'none', description: 'Slowest, best quality' },
			{ name: 'Regular', value: 'regular', description: 'Balanced' },
			{ name: 'High', value: 'high', description: 'Fastest' },
		],
		what: 'Trades image quality for speed',
	},
	{
		name: 'enablePromptExpansion',
		displayName: 'Enable Prompt Expansion',
		kind: 'flag',
		what: 'Whether the provider adds details to the prompt',
		note: 'On fal this costs an extra 0.0025 USD per request.',
	},
	{
		name: 'enableSafetyChecker',
		displayName: 'Enable Safety Checker',
		kind: 'flag',
		what: 'Whether the provider checks images for unsafe content',
		note: 'A flagged image may be black.',
	},
	{
		name: 'preprocess',
		displayName: 'Preprocess',
		kind: 'choice',
		choices: [
			{
				name: 'None',
				value: 'none',
				description: 'The source image is already a map of edges, depth or poses',
			},
			{ name: 'Canny', value: 'canny', description: 'Follow the edges of the source image' },
			{ name: 'Depth', value: 'depth', description: 'Follow its depth' },
			{ name: 'Pose', value: 'pose', description: 'Follow the poses of the people in it' },
		],
		what: 'Which feature of the source image to follow',
		isOwnParameter: true,
	},
];

/** The values of a choice that an endpoint has. */
export function choicesOf({ choices }: Endpoint, row: OptionRow & { kind: 'choice' }): string[] {
	const own = choices?.[row.name];
	const all = row.choices.map(({ value }) => value);
	return own ? all.filter((value) => own.includes(value)) : all;
}
