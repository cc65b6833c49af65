import { aimlapi } from '../../nodes/ZImage/providers/aimlapi';
import type { ImageSource, Submitted } from '../../nodes/ZImage/providers/provider';
import { describeAnswers, describeForeignBodies } from '../support/describeAnswers';
import { answer } from '../support/fakeClient';

function made(sources: readonly ImageSource[], cost: { costUsd?: number } = {}): Submitted {
	const images = sources.map((source) => ({
		...source,
		width: null,
		height: null,
		nsfw: null,
		expiresInSeconds: null,
	}));
	return {
		taskId: null,
		state: { status: 'succeeded', images, seed: null, prompt: null, ...cost },
	};
}

/** It may be charged for, as it came with a success. */
const withoutImage: Submitted = {
	taskId: null,
	state: { status: 'failed', reason: 'the answer holds no image', charged: 'maybe' },
};

/** The 17,850 credits of both examples in the document. */
const costUsd = 0.008925;

describeAnswers(aimlapi, [
	[
		'generation',
		'parseSubmit',
		made([{ url: 'https://cdn.aimlapi.com/flamingo/files/b/0a84de54/-IaUBYEQiYqRaeT7oZvus.png' }], {
			costUsd,
		}),
	],
	[
		'generationWithLora',
		'parseSubmit',
		made([{ url: 'https://cdn.aimlapi.com/flamingo/files/b/0a85ed1b/j-z8clom9AqL_2ZTsGygk.png' }], {
			costUsd,
		}),
	],
	[
		'generationBase64',
		'parseSubmit',
		made([{ inline: 'data:application/octet-stream;base64,iVBORw0KGgo=' }]),
	],
	[
		'generationUrlAndBase64',
		'parseSubmit',
		made([
			{ url: 'https://cdn.aimlapi.com/a.png' },
			{ inline: 'data:application/octet-stream;base64,/9j/4AAQ' },
		]),
	],
	['generationWithoutData', 'parseSubmit', withoutImage],
	['generationEmptyEntry', 'parseSubmit', withoutImage],

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

describe('aimlapi: credits', () => {
	const url = 'https://cdn.aimlapi.com/a.png';
	const costOf = (meta: unknown) => {
		const { taskId, state } = aimlapi.parseSubmit(answer(200, { data: [{ url }], meta }));
		// Whatever the credits are, the image is not lost.
		expect({ taskId, state }).toMatchObject(made([{ url }]));
		return 'costUsd' in state ? state.costUsd : undefined;
	};

	it.each([
		[{ usage: { credits_used: 17_850 } }, 0.008925],
		[{ usage: { tokens_used: 17_850 } }, 0.008925],
		[{ usage: { credits_used: 2_000_000, tokens_used: 7 } }, 1],
		[{ usage: { credits_used: null, tokens_used: 10_500 } }, 0.00525],
		[{ usage: { credits_used: 'many', tokens_used: 10_500 } }, 0.00525],
		[{ usage: { credits_used: -1, tokens_used: 10_500 } }, 0.00525],
		[{ usage: { credits_used: 0 } }, 0],
		[{ usage: { credits_used: 0, tokens_used: 7 } }, 0],
		[{ usage: { credits_used: 0.5 } }, 0.000_000_25],
	])('%j are %d USD', (meta, expected) => {
		expect(costOf(meta)).toBe(expected);
	});

	it.each([
		undefined,
		null,
		{},
		{ usage: null },
		{ usage: {} },
		{ usage: 17_850 },
		{ usage: { credits_used: null, tokens_used: null } },
		{ usage: { credits_used: '17850' } },
		{ usage: { tokens_used: -1 } },
		{ usage: { credits_used: NaN } },
		{ usage: { credits_used: [] } },
		'free',
		7,
		[],
	])('%j say nothing', (meta) => {
		expect(costOf(meta)).toBeUndefined();
	});

	it('that no number holds say nothing', () => {
		expect(costOf(JSON.parse('{"usage":{"credits_used":1e999}}'))).toBeUndefined();
	});
});
