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
			/** What else people call them, in lower case. */
			readonly aliases?: Readonly<Record<string, string>>;
	  }
	| { readonly kind: 'flag' | 'number' }
	| { readonly kind: 'json' | 'text'; readonly placeholder: string }
	/** One of a list that the server has. */
	| { readonly kind: 'name'; readonly placeholder: string; readonly searchListMethod: string };

/**
 * An option that only some endpoints have. Its bounds and its default are the endpoints' own.
 * A number without bounds to be a multiple of is one with a fraction.
 */
export type OptionRow = Kind & {
	readonly name: ProviderOption;
	/** As the editor calls it. */
	readonly displayName: string;
	/** What it does: the beginning of its description. */
	readonly what: string;
	/** A sentence behind its bounds. */
	readonly note?: string;
	/** It is a parameter of its own, and not in the collection Options. */
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
		note: 'Higher looks better and makes a larger file.',
	},
	{
		name: 'modelName',
		displayName: 'Model Name',
		kind: 'name',
		searchListMethod: 'searchModels',
		placeholder: 'e.g. z-image-turbo',
		what: 'Name of the model, as the server lists it',
		note: 'A server with one model needs none.',
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
		what: 'How much the source image may change',
		note: '0 is not at all, 1 is all new.',
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
		what: 'How closely the source image guides the new one',
	},
	{
		name: 'controlStart',
		displayName: 'Control Start',
		kind: 'number',
		what: 'When the source image starts guiding, as a part of all steps',
	},
	{
		name: 'controlEnd',
		displayName: 'Control End',
		kind: 'number',
		what: 'When the source image stops guiding, as a part of all steps',
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
		what: 'In which direction copies of the image join without a seam',
	},
	{
		name: 'tileSize',
		displayName: 'Tile Size',
		kind: 'number',
		what: 'Size of the tiles that the image is worked on in, in units of 8 pixels',
		note: '64 is 512 pixels, 128 is 1024.',
	},
	{
		name: 'tileStride',
		displayName: 'Tile Stride',
		kind: 'number',
		what: 'Distance from tile to tile, in units of 8 pixels',
		note: 'It can be at most half the size of a tile.',
	},
	{
		name: 'diffusionModel',
		displayName: 'Diffusion Model',
		kind: 'name',
		searchListMethod: 'searchDiffusionModels',
		placeholder: 'e.g. z_image_turbo_bf16.safetensors',
		what: 'File of the model in the folder models/diffusion_models of the server',
	},
	{
		name: 'textEncoder',
		displayName: 'Text Encoder',
		kind: 'name',
		searchListMethod: 'searchTextEncoders',
		placeholder: 'e.g. qwen_3_4b.safetensors',
		what: 'File of the text encoder in the folder models/text_encoders of the server',
	},
	{
		name: 'vae',
		displayName: 'VAE',
		kind: 'name',
		searchListMethod: 'searchVaes',
		placeholder: 'e.g. ae.safetensors',
		what: 'File of the VAE in the folder models/vae of the server',
	},
	{
		name: 'workflow',
		displayName: 'Workflow (API Format)',
		kind: 'json',
		placeholder: 'e.g. {"6": {"class_type": "CLIPTextEncode", "inputs": {"text": "%prompt%"}}}',
		what: 'Your own workflow, as Export (API) in ComfyUI saves it, in place of the one that the node makes',
		note: 'Put %prompt%, %seed%, %width%, %height%, %steps%, %strength%, %diffusion_model%, %text_encoder%, %vae%, %image%, %mask%, %lora1% and %lora1_scale% where they go; %prompt% and %seed% are required.',
	},
	{
		name: 'acceleration',
		displayName: 'Acceleration',
		kind: 'choice',
		choices: [
			{ name: 'None', value: 'none', description: 'Slowest, best fidelity' },
			{ name: 'Regular', value: 'regular', description: 'The balance of both' },
			{ name: 'High', value: 'high', description: 'Fastest' },
		],
		what: 'Trades image quality for speed',
	},
	{
		name: 'enablePromptExpansion',
		displayName: 'Enable Prompt Expansion',
		kind: 'flag',
		what: 'Whether the provider adds details to the prompt by itself',
		note: 'On fal this costs 0.0025 USD more per request.',
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
				description: 'The source image is a map of edges, depth or poses already',
			},
			{ name: 'Canny', value: 'canny', description: 'Take the edges of the source image' },
			{ name: 'Depth', value: 'depth', description: 'Take its depth' },
			{ name: 'Pose', value: 'pose', description: 'Take the poses of its people' },
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
