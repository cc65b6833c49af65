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

/** It may be charged, because the response was a success. */
const withoutImage: Submitted = {
	taskId: null,
	state: { status: 'failed', reason: 'the response has no image', charged: 'maybe' },
};

/** 17,850 credits, as in both documented examples. */
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
	describeForeignBodies('parseSubmit', aimlapi.parseSubmit, [undefined, null, 'made']);

	it('returns no message for bodies without one', () => {
		const bodies = [undefined, null, '', { message: null }, { message: '' }, { data: [] }];
		expect(bodies.map(aimlapi.errorText)).toStrictEqual(bodies.map(() => undefined));
	});
});

describe('aimlapi: images', () => {
	const url = 'https://cdn.aimlapi.com/a.png';
	const base64 = { inline: 'data:application/octet-stream;base64,/9j/4AAQ' };

	it.each<[string, unknown, ImageSource[]]>([
		['a bare URL', [url], [{ url }]],
		['odd entries beside a good one', [null, 7, {}, { url }, { url: 7 }], [{ url }]],
		['an invalid URL beside base64', [{ url: 7, b64_json: '/9j/4AAQ' }], [base64]],
		["base64 that isn't text beside a URL", [{ url, b64_json: {} }], [{ url }]],
		['spaces around a URL', [{ url: ` ${url}\n` }], [{ url }]],
		[
			'a data: URI in upper case',
			[{ url: 'DATA:image/png;BASE64,AA==' }],
			[{ inline: 'data:image/png;BASE64,AA==' }],
		],
		[
			'a data: URI as base64',
			[{ b64_json: 'data:image/png;base64,AA==' }],
			[{ inline: 'data:image/png;base64,AA==' }],
		],
	])('%s', (_, data, expected) => {
		expect(aimlapi.parseSubmit(answer(200, { data }))).toStrictEqual(made(expected));
	});

	it.each([[{}], [7], ['none'], [[]], [[{ url: 7 }]], [[{ url: 'none' }]]])(
		'none in %j',
		(data) => {
			expect(aimlapi.parseSubmit(answer(200, { data }))).toStrictEqual(withoutImage);
		},
	);
});

describe('aimlapi: credits', () => {
	const url = 'https://cdn.aimlapi.com/a.png';
	const costOf = (meta: unknown) => {
		const { taskId, state } = aimlapi.parseSubmit(answer(200, { data: [{ url }], meta }));
		// Whatever the credits are, the image isn't lost.
		expect({ taskId, state }).toMatchObject(made([{ url }]));
		return 'costUsd' in state ? state.costUsd : undefined;
	};

	it.each([
		[{ usage: { credits_used: 17_850 } }, 0.008925],
		[{ usage: { tokens_used: 17_850 } }, 0.008925],
		[{ usage: { credits_used: '17850' } }, 0.008925],
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
		{ usage: { tokens_used: -1 } },
		{ usage: { credits_used: NaN } },
		{ usage: { credits_used: [] } },
		'free',
		7,
		[],
	])('%j are unknown', (meta) => {
		expect(costOf(meta)).toBeUndefined();
	});

	it('are unknown if no number can hold them', () => {
		expect(costOf(JSON.parse('{"usage":{"credits_used":1e999}}'))).toBeUndefined();
	});
});
