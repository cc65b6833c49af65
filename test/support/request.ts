import { optionTable } from '../../nodes/ZImage/generate/optionTable';
import type {
	Endpoint,
	ImageRequest,
	Model,
	Operation,
	Provider,
	ProviderOption,
} from '../../nodes/ZImage/providers/provider';
import { findEndpoint } from '../../nodes/ZImage/providers/registry';

/** A minimal request with a test's changes. */
export function imageRequest(changes: Partial<ImageRequest> = {}): ImageRequest {
	return {
		operation: 'textToImage',
		model: 'turbo',
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

/** A provider's endpoint for an operation. Fails the test if there is none. */
export function endpointOf(
	provider: Provider,
	operation: Operation = 'textToImage',
	model: Model = 'turbo',
): Endpoint {
	const endpoint = findEndpoint(provider, operation, model);
	if (!endpoint) throw new Error(`${provider.id} has no ${operation} with ${model}`);
	return endpoint;
}

/** Every operation, model and option. */
export const operations: readonly Operation[] = [
	'textToImage',
	'imageToImage',
	'inpaint',
	'controlNet',
	'seamlessTiling',
];
export const models: readonly Model[] = ['turbo', 'base'];

/** A value of each option that every endpoint with the option accepts. */
export const optionValues = {
	acceleration: 'high',
	controlEnd: 0.9,
	controlScale: 0.5,
	controlStart: 0.1,
	diffusionModel: 'z_image_turbo_bf16.safetensors',
	enablePromptExpansion: true,
	enableSafetyChecker: false,
	guidanceScale: 5.5,
	modelName: 'Tongyi-MAI/Z-Image-Turbo',
	negativePrompt: 'text, watermark',
	outputFormat: 'webp',
	outputQuality: 55,
	preprocess: 'canny',
	steps: 6,
	strength: 0.7,
	textEncoder: 'qwen_3_4b.safetensors',
	tileSize: 64,
	tileStride: 32,
	tilingMode: 'horizontal',
	vae: 'ae.safetensors',
	workflow: '{"1":{"class_type":"CLIPTextEncode","inputs":{"text":"%prompt%"}}}',
} as const satisfies Readonly<Record<ProviderOption, boolean | number | string>>;

export const optionNamesInOrder = Object.keys(optionValues) as ProviderOption[];

/** The documented options of each endpoint, independent of the code. */
export const documentedOptions: Readonly<Record<string, readonly ProviderOption[]>> = {
	'fal textToImage turbo': [
		'acceleration',
		'enablePromptExpansion',
		'enableSafetyChecker',
		'outputFormat',
		'steps',
	],
	'fal textToImage base': [
		'acceleration',
		'enableSafetyChecker',
		'guidanceScale',
		'negativePrompt',
		'outputFormat',
		'steps',
	],
	'fal imageToImage turbo': [
		'acceleration',
		'enablePromptExpansion',
		'enableSafetyChecker',
		'outputFormat',
		'steps',
		'strength',
	],
	'fal inpaint turbo': [
		'acceleration',
		'controlEnd',
		'controlScale',
		'controlStart',
		'enablePromptExpansion',
		'enableSafetyChecker',
		'outputFormat',
		'steps',
		'strength',
	],
	'fal controlNet turbo': [
		'acceleration',
		'controlEnd',
		'controlScale',
		'controlStart',
		'enablePromptExpansion',
		'enableSafetyChecker',
		'outputFormat',
		'preprocess',
		'steps',
	],
	'fal seamlessTiling turbo': [
		'acceleration',
		'enablePromptExpansion',
		'enableSafetyChecker',
		'outputFormat',
		'steps',
		'strength',
		'tileSize',
		'tileStride',
		'tilingMode',
	],
	'wavespeed textToImage turbo': ['outputFormat'],
	'wavespeed textToImage base': ['negativePrompt', 'outputFormat'],
	'wavespeed imageToImage turbo': ['outputFormat', 'strength'],
	'wavespeed inpaint turbo': [],
	'wavespeed controlNet turbo': ['controlScale', 'outputFormat', 'preprocess'],
	'replicate textToImage turbo': ['guidanceScale', 'outputFormat', 'outputQuality', 'steps'],
	'replicate textToImage base': [
		'guidanceScale',
		'negativePrompt',
		'outputFormat',
		'outputQuality',
		'steps',
	],
	'replicate imageToImage turbo': [
		'guidanceScale',
		'outputFormat',
		'outputQuality',
		'steps',
		'strength',
	],
	'replicate inpaint turbo': ['guidanceScale', 'outputFormat', 'outputQuality', 'steps'],
	'replicate controlNet turbo': [
		'controlScale',
		'guidanceScale',
		'outputFormat',
		'outputQuality',
		'steps',
	],
	'novita textToImage turbo': [],
	'highway textToImage turbo': ['outputFormat'],
	'highway imageToImage turbo': ['outputFormat', 'strength'],
	'highway inpaint turbo': ['outputFormat', 'strength'],
	'aimlapi textToImage turbo': [
		'acceleration',
		'enablePromptExpansion',
		'enableSafetyChecker',
		'outputFormat',
		'steps',
	],
	'comfyui textToImage turbo': ['diffusionModel', 'steps', 'textEncoder', 'vae', 'workflow'],
	'comfyui imageToImage turbo': [
		'diffusionModel',
		'steps',
		'strength',
		'textEncoder',
		'vae',
		'workflow',
	],
	'comfyui inpaint turbo': [
		'diffusionModel',
		'steps',
		'strength',
		'textEncoder',
		'vae',
		'workflow',
	],
	'sdcpp textToImage turbo': ['guidanceScale', 'negativePrompt', 'outputFormat', 'steps'],
	'sdcpp imageToImage turbo': [
		'guidanceScale',
		'negativePrompt',
		'outputFormat',
		'steps',
		'strength',
	],
	'sdcpp inpaint turbo': ['guidanceScale', 'negativePrompt', 'outputFormat', 'steps', 'strength'],
	'openaiCompatible textToImage turbo standard': ['modelName'],
	'openaiCompatible textToImage turbo vllmOmni': [
		'guidanceScale',
		'modelName',
		'negativePrompt',
		'outputFormat',
		'steps',
	],
	'openaiCompatible textToImage turbo sglang': [
		'guidanceScale',
		'modelName',
		'negativePrompt',
		'outputFormat',
		'steps',
	],
	'openaiCompatible textToImage turbo localAi': ['modelName', 'negativePrompt', 'steps'],
	'openaiCompatible textToImage turbo sdServer': [
		'guidanceScale',
		'negativePrompt',
		'outputFormat',
		'steps',
	],
};

/** The name of an endpoint in `documentedOptions`. */
export function endpointName({ id }: Provider, { operation, model, server }: Endpoint): string {
	return [id, operation, model, server].filter(Boolean).join(' ');
}

/** The editor's names for the options. */
export const optionNames = Object.fromEntries(
	optionTable.map(({ name, displayName }) => [name, displayName]),
) as Readonly<Record<ProviderOption, string>>;
