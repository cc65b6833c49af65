import { aimlapi } from '../../nodes/ZImage/providers/aimlapi';
import type { TaskState } from '../../nodes/ZImage/providers/provider';
import { describeAnswers, describeForeignBodies } from './describeAnswers';

function made(...urls: string[]): TaskState {
	const images = urls.map((url) => ({
		url,
		width: null,
		height: null,
		nsfw: null,
		expiresInSeconds: null,
	}));
	return { status: 'succeeded', images, seed: null, prompt: null };
}

describeAnswers(aimlapi, [
	[
		'generation',
		'parseSubmit',
		made('https://cdn.aimlapi.com/flamingo/files/b/0a84de54/-IaUBYEQiYqRaeT7oZvus.png'),
	],
	[
		'generationWithLora',
		'parseSubmit',
		made('https://cdn.aimlapi.com/flamingo/files/b/0a85ed1b/j-z8clom9AqL_2ZTsGygk.png'),
	],
	['generationBase64', 'parseSubmit', made('data:application/octet-stream;base64,iVBORw0KGgo=')],
	[
		'generationUrlAndBase64',
		'parseSubmit',
		made('https://cdn.aimlapi.com/a.png', 'data:application/octet-stream;base64,/9j/4AAQ'),
	],
	[
		'generationWithoutData',
		'parseSubmit',
		{ status: 'failed', reason: 'the answer holds no image' },
	],
	[
		'generationEmptyEntry',
		'parseSubmit',
		{ status: 'failed', reason: 'the answer holds no image' },
	],

	[
		'errorFreeTier',
		'errorText',
		"Free-tier limit: You've reached your free limit for the hour. Get AI/ML Subscription to use API, visit https://aimlapi.com/app/billing/ !",
	],
	[
		'errorInvalidKey',
		'errorText',
		'This request requires a valid API key. You can create a new API key on the Billing page: https://aimlapi.com/app/keys',
	],
	[
		'errorNoCredits',
		'errorText',
		"You've run out of credits. Please top up your balance or update your payment method to continue: https://aimlapi.com/app/billing/",
	],
	[
		'errorValidation',
		'errorText',
		"Body validation error\nInvalid enum value. Expected 'kling-video/v1/standard/image-to-video', received 'an orange mushroom'",
	],
	[
		'errorValidationObject',
		'errorText',
		'{"issues":[{"path":["seed"],"message":"Expected number, received string"}]}',
	],
	['errorServer', 'errorText', 'Something wrong with the server. Please, try again later.'],
	['errorTimeout', 'errorText', 'Generation timeout'],
	['errorWithoutMessage', 'errorText', undefined],
]);

describe('aimlapi: bodies of another form', () => {
	describeForeignBodies('parseSubmit', aimlapi.parseSubmit, [
		undefined,
		null,
		'made',
		{ data: {} },
		{ data: ['https://cdn.aimlapi.com/a.png'] },
		{ data: [{ url: 7 }] },
	]);

	it('has no words for bodies without any', () => {
		const bodies = [undefined, null, 'Bad Gateway', { message: null }, { message: '' }];
		expect(bodies.map(aimlapi.errorText)).toStrictEqual(bodies.map(() => undefined));
	});
});
