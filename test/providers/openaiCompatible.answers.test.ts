import { openaiCompatible } from '../../nodes/ZImage/providers/openaiCompatible';
import type { ImageSource, Submitted } from '../../nodes/ZImage/providers/provider';
import { describeAnswers, describeForeignBodies } from '../support/describeAnswers';
import { answer } from '../support/fakeClient';

function made(sources: readonly ImageSource[], prompt: string | null = null): Submitted {
	const images = sources.map((source) => ({
		...source,
		width: null,
		height: null,
		nsfw: null,
		expiresInSeconds: null,
	}));
	return { taskId: null, state: { status: 'succeeded', images, seed: null, prompt } };
}

function inline(base64: string): ImageSource {
	return { inline: `data:application/octet-stream;base64,${base64}` };
}

const png = inline('iVBORw0KGgo=');

/** It may be charged, because the response was a success. */
const withoutImage: Submitted = {
	taskId: null,
	state: { status: 'failed', reason: 'the response has no image', charged: 'maybe' },
};

describeAnswers(openaiCompatible, [
	['generation', 'parseSubmit', made([png])],
	['generationVllmOmni', 'parseSubmit', made([png])],
	['generationSglang', 'parseSubmit', made([inline('/9j/4AAQ')], 'a fox')],
	['generationLocalAi', 'parseSubmit', made([png])],
	['generationSdServer', 'parseSubmit', made([png])],
	['generationTwoImages', 'parseSubmit', made([inline('/9j/4AAQ'), inline('/9j/4AAR')])],
	[
		'generationUrl',
		'parseSubmit',
		made([{ url: 'https://images.example.com/a.png' }], 'a fox in the snow'),
	],
	[
		'generationLocalAiUrl',
		'parseSubmit',
		made([{ url: 'http://localhost:8080/generated-images/b643134732417.png' }]),
	],
	[
		'generationSglangRelativeUrl',
		'parseSubmit',
		made(
			[
				{
					call: {
						method: 'GET',
						path: '/v1/images/2d8d0ef0-7a7f-4c3e-9a3e-0f6c1d0a5b11/content',
						query: {},
						holdsImages: true,
					},
				},
			],
			'a fox',
		),
	],
	['generationEmptyEntry', 'parseSubmit', withoutImage],
	['generationWithoutData', 'parseSubmit', withoutImage],

	[
		'errorInvalidKey',
		'errorText',
		'Incorrect API key provided: sk-wrong. You can find your API key at https://platform.openai.com/account/api-keys. (invalid_request_error)',
	],
	[
		'errorMissingKey',
		'errorText',
		"You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY). (invalid_request_error)",
	],
	[
		'errorInvalidRequest',
		'errorText',
		"Unknown parameter: 'num_inference_steps'. (invalid_request_error)",
	],
	['errorModelNotFound', 'errorText', "The model 'z-image' does not exist (invalid_request_error)"],
	[
		'errorModeration',
		'errorText',
		'Your request was rejected as a result of our safety system. (image_generation_user_error)',
	],
	[
		'errorNoBalance',
		'errorText',
		'You exceeded your current quota, please check your plan and billing details. (insufficient_quota)',
	],
	['errorRateLimit', 'errorText', 'Rate limit reached for requests (requests)'],
	[
		'errorServer',
		'errorText',
		'The server had an error while processing your request (server_error)',
	],
	[
		'errorLocalAiFailed',
		'errorText',
		'could not load model - all backends returned error: [stablediffusion-ggml]: failed to load',
	],
	['errorLocalAiKey', 'errorText', 'An authentication key is required (invalid_request_error)'],
	['errorLocalAiModel', 'errorText', 'code=400, message=Bad Request'],
	['errorSdServer', 'errorText', 'invalid params'],
	[
		'errorSdServerException',
		'errorText',
		'[json.exception.type_error.302] type must be string, but is number',
	],
	['errorSglangFailed', 'errorText', 'Internal Server Error'],
	['errorSglangKey', 'errorText', 'Unauthorized'],
	['errorSglangUrl', 'errorText', "response_format='url' requires cloud storage to be configured."],
	[
		'errorSglangValidation',
		'errorText',
		'n: Input should be a valid integer, unable to parse string as an integer (int_parsing)',
	],
	['errorVllmOmniFailed', 'errorText', 'Image generation failed: CUDA out of memory.'],
	['errorVllmOmniLora', 'errorText', 'Invalid lora object: both name and path are required.'],
	[
		'errorVllmOmniNotReady',
		'errorText',
		'Diffusion engine not initialized. Start server with a diffusion model.',
	],
	[
		'errorVllmOmniSize',
		'errorText',
		"Invalid size format: '1024x'. Expected format: 'WIDTHxHEIGHT' (e.g., '1024x1024').",
	],
	['errorVllmOmniValidation', 'errorText', 'prompt: field required (value_error.missing)'],
	// A proxy's page, unchanged.
	[
		'errorProxyPage',
		'errorText',
		'<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>',
	],
]);

describe('openaiCompatible: bodies of another form', () => {
	describeForeignBodies('parseSubmit', openaiCompatible.parseSubmit, [undefined, null, 'made', []]);
	describeForeignBodies('the list of models', openaiCompatible.lists.models.parse, [
		undefined,
		{},
		{ data: {} },
		{ data: [{ name: 'a' }] },
	]);
});

describe('openaiCompatible: images', () => {
	const url = 'https://images.example.com/a.png';

	it.each<[string, unknown, ImageSource[]]>([
		['odd entries beside a good one', [null, 7, {}, { b64_json: 'iVBORw0KGgo=' }], [png]],
		['base64 beside a URL', [{ url, b64_json: 'iVBORw0KGgo=' }], [png]],
		["base64 that isn't text beside a URL", [{ url, b64_json: {} }], [{ url }]],
		[
			'a data: URI as base64',
			[{ b64_json: 'data:image/png;base64,AA==' }],
			[{ inline: 'data:image/png;base64,AA==' }],
		],
		[
			'a data: URI as URL',
			[{ url: 'data:image/png;base64,AA==' }],
			[{ inline: 'data:image/png;base64,AA==' }],
		],
		['an odd prompt', [{ url, revised_prompt: 7 }], [{ url }]],
		[
			'a path with a query',
			[{ url: '/v1/images/a b/content?variant=1' }],
			[
				{
					call: {
						method: 'GET',
						path: '/v1/images/a%20b/content',
						query: { variant: '1' },
						holdsImages: true,
					},
				},
			],
		],
		[
			'a path that leads upwards',
			[{ url: '/v1/../../admin' }],
			[{ call: { method: 'GET', path: '/admin', query: {}, holdsImages: true } }],
		],
	])('%s', (_, data, expected) => {
		expect(openaiCompatible.parseSubmit(answer(200, { data }))).toStrictEqual(made(expected));
	});

	it.each([
		[{}],
		[7],
		['none'],
		[[]],
		[[{ url: 7 }]],
		[[{ url: '//evil.example/a.png' }]],
		[[{ url: 'a.png' }]],
		[[{ url: 'file:///etc/passwd' }]],
	])('none in %j', (data) => {
		expect(openaiCompatible.parseSubmit(answer(200, { data }))).toStrictEqual(withoutImage);
	});
});

it('openaiCompatible lists its models by ID', () => {
	const { call, parse } = openaiCompatible.lists.models;
	expect(call).toStrictEqual({ method: 'GET', path: '/v1/models' });
	const data = [{ id: 'Z-Image-Turbo', object: 'model' }, { id: 'z-image-turbo-diffusers' }];
	expect(parse(answer(200, { object: 'list', data }))).toStrictEqual([
		'Z-Image-Turbo',
		'z-image-turbo-diffusers',
	]);
});
