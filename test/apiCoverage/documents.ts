/**
 * The fields in the providers' documentation, independent of the code and of docs/api-coverage.md. Nested ones
 * have their whole path: `loras[].path`.
 */

const size = ['image_size', 'image_size.width', 'image_size.height'];
const loras = ['loras', 'loras[].path', 'loras[].scale'];

/** https://fal.ai/models/fal-ai/z-image/turbo/lora/api and fal-js, libs/client/src/types/endpoints.ts. */
const falCommon = [
	'prompt',
	...size,
	'num_inference_steps',
	'seed',
	'sync_mode',
	'num_images',
	'enable_safety_checker',
	'output_format',
	'acceleration',
];
const falTurbo = [...falCommon, 'enable_prompt_expansion'];
const falControl = ['control_scale', 'control_start', 'control_end'];
/** ZImageTurbo…Input and ZImageBaseInput. */
const falInputs: Readonly<Record<string, readonly string[]>> = {
	turbo: falTurbo,
	base: [...falCommon, 'guidance_scale', 'negative_prompt'],
	'turbo/image-to-image': [...falTurbo, 'image_url', 'strength'],
	'turbo/inpaint': [...falTurbo, 'image_url', 'mask_image_url', 'strength', ...falControl],
	'turbo/controlnet': [...falTurbo, 'image_url', 'preprocess', ...falControl],
	'turbo/tiling': [
		...falTurbo,
		'image_url',
		'mask_image_url',
		'strength',
		'tiling_mode',
		'tile_size',
		'tile_stride',
	],
};

/** https://docs.aimlapi.com/api-references/image-models/alibaba-cloud/z-image-turbo */
const aimlapiTurbo = [
	'model',
	'prompt',
	...size,
	'output_format',
	'enable_prompt_expansion',
	'num_inference_steps',
	'seed',
	'num_images',
	'enable_safety_checker',
	'acceleration',
];

/** https://wavespeed.ai/models/wavespeed-ai/z-image/turbo/llms.txt and its siblings. */
const wavespeedEvery = ['prompt', 'size', 'enable_sync_mode', 'enable_base64_output'];
const wavespeedDrawn = [...wavespeedEvery, 'seed', 'output_format'];
const wavespeedInputs: Readonly<Record<string, readonly string[]>> = {
	'z-image/turbo': wavespeedDrawn,
	'z-image/turbo-lora': [...wavespeedDrawn, ...loras],
	'z-image/base': [...wavespeedDrawn, 'negative_prompt', 'image', 'strength'],
	'z-image/base-lora': [...wavespeedDrawn, 'negative_prompt', ...loras],
	'z-image-turbo/image-to-image': [...wavespeedDrawn, 'image', 'strength'],
	'z-image-turbo/image-to-image-lora': [...wavespeedDrawn, 'image', 'strength', ...loras],
	'z-image/turbo-inpaint': [...wavespeedEvery, 'image', 'mask_image'],
	'z-image-turbo/controlnet': [...wavespeedDrawn, 'image', 'mode', 'strength'],
};

/** https://replicate.com/prunaai/z-image-turbo-lora/api and its siblings. */
const replicateEvery = [
	'prompt',
	'num_inference_steps',
	'guidance_scale',
	'seed',
	'output_format',
	'output_quality',
];
const replicateSides = ['width', 'height'];
const replicateLoras = ['lora_weights', 'lora_scales'];
const replicateInputs: Readonly<Record<string, readonly string[]>> = {
	'z-image-turbo': [...replicateEvery, ...replicateSides, 'go_fast'],
	'z-image-turbo-lora': [...replicateEvery, ...replicateSides, 'go_fast', ...replicateLoras],
	'z-image': [...replicateEvery, ...replicateSides, 'negative_prompt'],
	'z-image-lora': [...replicateEvery, ...replicateSides, 'negative_prompt', ...replicateLoras],
	'z-image-turbo-img2img': [...replicateEvery, 'image', 'strength', ...replicateLoras],
	'z-image-turbo-inpaint': [...replicateEvery, 'image', 'mask_image'],
	'z-image-turbo-controlnet': [
		...replicateEvery,
		'control_image',
		'controlnet_conditioning_scale',
		...replicateLoras,
	],
};

/**
 * ComfyUI, nodes.py and comfy_extras: INPUT_TYPES of the nodes in the Z-Image Turbo template, and of the image
 * nodes.
 */
const comfyUiNodes: Readonly<Record<string, readonly string[]>> = {
	UNETLoader: ['unet_name', 'weight_dtype'],
	CLIPLoader: ['clip_name', 'type', 'device'],
	VAELoader: ['vae_name'],
	'LoraLoaderModelOnly[]': ['lora_name', 'strength_model'],
	ModelSamplingAuraFlow: ['shift'],
	CLIPTextEncode: ['text'],
	ConditioningZeroOut: [],
	EmptySD3LatentImage: ['width', 'height', 'batch_size'],
	'LoadImage[]': ['image'],
	'ImageScale[]': ['upscale_method', 'width', 'height', 'crop'],
	VAEEncode: [],
	ImageToMask: ['channel'],
	SetLatentNoiseMask: [],
	KSampler: ['seed', 'steps', 'cfg', 'sampler_name', 'scheduler', 'denoise'],
	VAEDecode: [],
	ImageCompositeMasked: ['x', 'y', 'resize_source'],
	SaveImage: ['filename_prefix'],
};

/** stable-diffusion.cpp, examples/server/api.md: Request Body */
const sdSampling = [
	'seed',
	'negative_prompt',
	'clip_skip',
	'sample_params',
	'sample_params.sample_steps',
	'sample_params.guidance',
	'sample_params.guidance.txt_cfg',
	'sample_params.*',
	'sample_params.guidance.*',
	'lora',
	'lora[].path',
	'lora[].multiplier',
	'lora[].is_high_noise',
	'strength',
	'init_image',
	'mask_image',
	'ref_images',
	'auto_resize_ref_image',
	'increase_ref_index',
	'control_image',
	'control_strength',
	'ip_adapter_image',
	'ip_adapter_strength',
	'batch_count',
	'embed_image_metadata',
	'hires.*',
	'vae_tiling_params.*',
	'cache_mode',
	'cache_option',
	'scm_mask',
	'scm_policy_dynamic',
];

/** https://platform.openai.com/docs/api-reference/images/create */
const openAi = ['model', 'prompt', 'n', 'size', 'response_format', 'user'];

/** What vLLM-Omni (protocol/images.py) and SGLang (openai/protocol.py) have in common. */
const diffusion = [
	...openAi,
	'seed',
	'generator_device',
	'num_inference_steps',
	'guidance_scale',
	'true_cfg_scale',
	'negative_prompt',
	'output_format',
	'flow_shift',
];

type Fields = Readonly<Record<string, readonly string[]>>;

/** The fields of a request body by provider and path (and by model if several models share a path). */
export const documentedRequests: Readonly<Record<string, Fields>> = {
	fal: {
		...Object.fromEntries(
			Object.entries(falInputs).flatMap(([name, fields]) => [
				[`/fal-ai/z-image/${name}`, fields],
				[`/fal-ai/z-image/${name}/lora`, [...fields, ...loras]],
			]),
		),
		// fal-js, libs/client/src/storage.ts
		'/storage/upload/initiate': ['content_type', 'file_name'],
	},
	wavespeed: {
		...Object.fromEntries(
			Object.entries(wavespeedInputs).map(([name, fields]) => [
				`/api/v3/wavespeed-ai/${name}`,
				fields,
			]),
		),
		// npm wavespeed 0.3.2, client.js
		'/api/v3/media/uploads': ['filename', 'size', 'content_type'],
	},
	replicate: {
		...Object.fromEntries(
			Object.entries(replicateInputs).map(([name, fields]) => [
				`/v1/models/prunaai/${name}/predictions`,
				// https://replicate.com/docs/reference/http#models.predictions.create
				['input', ...fields.map((field) => `input.${field}`), 'webhook', 'webhook_events_filter'],
			]),
		),
		// https://replicate.com/docs/reference/http#files.create
		'/v1/files': ['content', 'metadata'],
	},
	novita: {
		// https://novita.ai/docs/api-reference/model-apis-z-image-turbo and …-lora
		'/v3/async/z-image-turbo': ['seed', 'size', 'prompt', 'enable_base64_output'],
		'/v3/async/z-image-turbo-lora': ['seed', 'size', ...loras, 'prompt'],
	},
	highway: {
		// Highway API's reference of z-image-turbo-lora
		'/v3/async/z-image-turbo-lora': [
			'mask',
			'seed',
			'size',
			...loras,
			'prompt',
			'strength',
			'image_url',
			'output_format',
			'enable_base64_output',
		],
	},
	aimlapi: {
		'/v1/images/generations alibaba/z-image-turbo': aimlapiTurbo,
		// https://docs.aimlapi.com/api-references/image-models/alibaba-cloud/z-image-turbo-lora, the schema
		'/v1/images/generations alibaba/z-image-turbo-lora': [...aimlapiTurbo, ...loras],
	},
	// server.py @002c3fb: post_prompt, image_upload
	comfyui: {
		'/prompt z_image_turbo_bf16.safetensors': [
			'prompt',
			...Object.entries(comfyUiNodes).flatMap(([name, inputs]) => [
				`prompt.${name.replace('[]', '')}`,
				...inputs.map((input) => `prompt.${name}.${input}`),
			]),
			'client_id',
			'prompt_id',
			'number',
			'front',
			'extra_data',
			'partial_execution_targets',
		],
		'/upload/image': ['image', 'type', 'subfolder', 'overwrite'],
	},
	sdcpp: {
		'/sdcpp/v1/img_gen': [
			'prompt',
			'width',
			'height',
			...sdSampling,
			'output_format',
			'output_compression',
		],
	},
	openaiCompatible: {
		'/v1/images/generations Standard': [
			...openAi,
			'seed',
			'quality',
			'style',
			'background',
			'moderation',
			'output_format',
			'output_compression',
		],
		// vllm_omni/entrypoints/openai/protocol/images.py @00a3619
		'/v1/images/generations vLLM-Omni': [
			...diffusion,
			'lora',
			'lora.name',
			'lora.path',
			'lora.scale',
			'lora.int_id',
			'extra_params',
			'layers',
			'vae_use_slicing',
			'vae_use_tiling',
		],
		// python/sglang/multimodal_gen/runtime/entrypoints/openai/protocol.py @020befb, image_api.py @0230ddc
		'/v1/images/generations SGLang': [
			...diffusion,
			'width',
			'height',
			'quality',
			'style',
			'background',
			'output_quality',
			'output_compression',
			'enable_teacache',
			'diffusers_kwargs',
		],
		// core/http/endpoints/openai/image.go @82c191a
		'/v1/images/generations LocalAI': [
			'model',
			'prompt',
			'n',
			'size',
			'response_format',
			'seed',
			'step',
			'file',
			'files',
			'ref_images',
		],
		'/v1/images/generations sd-server': [
			'prompt',
			'n',
			'size',
			'output_format',
			'output_compression',
			'response_format',
			'sd_cpp_extra_args',
			...sdSampling.map((field) => `sd_cpp_extra_args.${field}`),
		],
	},
};

/** Documented query parameters and headers of each provider's calls. */
export const documentedExtras: Fields = {
	// https://docs.fal.ai/model-endpoints/queue, fal-js headers.ts and storage.ts; for the list of requests
	// https://fal.ai/docs/platform-apis/v1/models/requests/by-endpoint
	fal: [
		'storage_type',
		'endpoint_id',
		'start',
		'end',
		'expand',
		'limit',
		'cursor',
		'status',
		'request_id',
		'sort_by',
		'logs',
		'fal_webhook',
		'fal_max_queue_length',
		'X-Fal-Queue-Priority',
		'X-Fal-Request-Timeout',
		'X-Fal-Runner-Hint',
		'X-Fal-Object-Lifecycle-Preference',
		'X-Fal-Object-Lifecycle',
		'X-Fal-Store-IO',
		'X-Fal-No-Retry',
		'X-Fal-Retry-Config',
		'x-app-fal-disable-fallback',
		'X-Fal-Tags',
	],
	// https://wavespeed.ai/docs/webhooks
	wavespeed: ['webhook'],
	// https://replicate.com/docs/reference/http#models.predictions.create and #predictions.list
	replicate: ['Prefer', 'Cancel-After', 'created_after', 'created_before', 'cursor', 'source'],
	// https://novita.ai/docs/api-reference/model-apis-task-result and …-webhook
	novita: ['task_id', 'extra.webhook.url', 'extra.webhook.test_mode', 'extra.response_image_type'],
	highway: ['task_id'],
	aimlapi: [],
	// Comfy-Org/ComfyUI server.py, get_jobs
	comfyui: ['limit', 'offset', 'status', 'workflow_id', 'sort_by', 'sort_order'],
	sdcpp: [],
	openaiCompatible: [],
};

/** https://novita.ai/docs/api-reference/model-apis-task-result, including the fields for other models. */
const taskResult = {
	extra: {
		seed: '158881667',
		enable_nsfw_detection: false,
		// Not documented. This is a sister brand's response.
		has_nsfw_contents: [true],
		debug_info: {
			request_info: '',
			submit_time_ms: '',
			execute_time_ms: '',
			complete_time_ms: '',
		},
	},
	task: {
		task_id: 'a-task',
		status: 'TASK_STATUS_SUCCEED',
		reason: '',
		task_type: 'TXT_TO_IMG',
		eta: 0,
		progress_percent: 0,
	},
	images: [{ image_url: 'https://example.com/a', image_url_ttl: 3600, image_type: 'jpeg' }],
	videos: [{ video_url: 'https://example.com/b', video_url_ttl: '3600', video_type: 'mp4' }],
	audios: [
		{
			audio_url: 'https://example.com/c',
			audio_url_ttl: '3600',
			audio_type: 'wav',
			audio_metadata: { text: 'a word' },
		},
	],
};

/** A task that has already failed when the submit returns. https://wavespeed.ai/docs/error-codes */
const failedSubmit = {
	code: 200,
	message: 'success',
	data: {
		id: 'a-task',
		status: 'failed',
		error: 'The content contains sensitive information.',
		code: 1200,
		outputs: [],
	},
};

/** novita-client-python reads `valid`. Novita documents no field of the object. */
const flaggedTask = {
	task: { task_id: 'a-task', status: 'TASK_STATUS_SUCCEED' },
	images: [{ image_url: 'https://example.com/a', nsfw_detection_result: { valid: true } }],
};

/** Documented responses that test/fixtures lacks, in the form of fixtures. */
export const furtherAnswers: Readonly<
	Record<string, ReadonlyArray<{ name: string; statusCode: number; body: unknown }>>
> = {
	fal: [
		{
			// Any status below 400 is a success. The documentation has only 200.
			name: 'listRequestsStatus',
			statusCode: 200,
			body: { items: [{ request_id: 'a', status_code: 399 }], next_cursor: null },
		},
		{
			// fal-js, libs/client/src/storage.ts
			name: 'upload',
			statusCode: 200,
			body: {
				upload_url: 'https://v3.fal.media/files/upload/a',
				file_url: 'https://v3.fal.media/files/a',
			},
		},
	],
	wavespeed: [
		{ name: 'submitFailed', statusCode: 200, body: failedSubmit },
		{
			name: 'errorParameter',
			statusCode: 200,
			body: { code: 1401, message: 'The parameter value is invalid.' },
		},
	],
	replicate: [
		{
			// https://replicate.com/docs/topics/predictions/lifecycle, as a response to a submit that waited
			name: 'submitFailed',
			statusCode: 201,
			body: { id: 'a-task', status: 'failed', error: 'CUDA out of memory', output: null },
		},
	],
	novita: [
		{ name: 'taskOfAnyKind', statusCode: 200, body: taskResult },
		{ name: 'taskFlagged', statusCode: 200, body: flaggedTask },
	],
	highway: [
		{ name: 'taskOfAnyKind', statusCode: 200, body: taskResult },
		{ name: 'taskFlagged', statusCode: 200, body: flaggedTask },
	],
	aimlapi: [],
};
