import fc from 'fast-check';

import { Failure } from '../../nodes/ZImage/errors/failure';
import { aimlapi } from '../../nodes/ZImage/providers/aimlapi';
import { checkLimits } from '../../nodes/ZImage/generate/checkLimits';
import { fal } from '../../nodes/ZImage/providers/fal';
import { highway } from '../../nodes/ZImage/providers/highway';
import { novita } from '../../nodes/ZImage/providers/novita';
import type {
	ImageRequest,
	Model,
	Operation,
	Provider,
	ProviderOption,
} from '../../nodes/ZImage/providers/provider';
import { endpointOf, imageRequest, optionNames } from '../support/request';

type Changes = Partial<ImageRequest>;

/** Checks a request, with a test's changes, against its endpoint. */
function checkRequest(provider: Provider, changes: Changes): void {
	const request = imageRequest(changes);
	const endpoint = endpointOf(provider, request.operation, request.model);
	checkLimits(provider, endpoint, request);
}

const bySizeAndSeed = (name: string, provider: Provider): Array<[Provider, Changes, string]> => [
	[
		provider,
		{ width: 255 },
		`Width must be a whole number between 256 and 1536 on ${name} (got 255)`,
	],
	[
		provider,
		{ width: 1537 },
		`Width must be a whole number between 256 and 1536 on ${name} (got 1537)`,
	],
	[
		provider,
		{ height: 255 },
		`Height must be a whole number between 256 and 1536 on ${name} (got 255)`,
	],
	[
		provider,
		{ height: 1537 },
		`Height must be a whole number between 256 and 1536 on ${name} (got 1537)`,
	],
	[
		provider,
		{ height: 512.5 },
		`Height must be a whole number between 256 and 1536 on ${name} (got 512.5)`,
	],
	[
		provider,
		{ seed: -1 },
		`Seed must be a whole number between 0 and 2147483647 on ${name} (got -1)`,
	],
	[
		provider,
		{ seed: 2_147_483_648 },
		`Seed must be a whole number between 0 and 2147483647 on ${name} (got 2147483648)`,
	],
];

const refused: Array<[Provider, Changes, string]> = [
	[fal, { width: 0 }, 'Width must be a whole number between 1 and 14142 on fal (got 0)'],
	[fal, { height: 14_143 }, 'Height must be a whole number between 1 and 14142 on fal (got 14143)'],
	[fal, { width: NaN }, 'Width must be a whole number between 1 and 14142 on fal (got NaN)'],
	[fal, { seed: -1 }, 'Seed must be a whole number between 0 and 9007199254740991 on fal (got -1)'],
	[
		fal,
		{ seed: 0.5 },
		'Seed must be a whole number between 0 and 9007199254740991 on fal (got 0.5)',
	],
	[
		fal,
		{ seed: 2 ** 53 },
		'Seed must be a whole number between 0 and 9007199254740991 on fal (got 9007199254740992)',
	],
	[fal, { options: { steps: 0 } }, 'Steps must be a whole number between 1 and 8 on fal (got 0)'],
	[fal, { options: { steps: 9 } }, 'Steps must be a whole number between 1 and 8 on fal (got 9)'],
	[
		fal,
		{ options: { steps: 1.5 } },
		'Steps must be a whole number between 1 and 8 on fal (got 1.5)',
	],

	...bySizeAndSeed('Novita', novita),
	...bySizeAndSeed('Highway API', highway),

	[
		aimlapi,
		{ width: 511 },
		'Width must be a multiple of 32 between 512 and 2048 on AI/ML API (got 511)',
	],
	[
		aimlapi,
		{ width: 2080 },
		'Width must be a multiple of 32 between 512 and 2048 on AI/ML API (got 2080)',
	],
	[
		aimlapi,
		{ height: 480 },
		'Height must be a multiple of 32 between 512 and 2048 on AI/ML API (got 480)',
	],
	[
		aimlapi,
		{ height: 1000 },
		'Height must be a multiple of 32 between 512 and 2048 on AI/ML API (got 1000)',
	],
	[
		aimlapi,
		{ width: 513 },
		'Width must be a multiple of 32 between 512 and 2048 on AI/ML API (got 513)',
	],
	[
		aimlapi,
		{ seed: 0 },
		'Seed must be a whole number between 1 and 9007199254740991 on AI/ML API (got 0)',
	],
	[
		aimlapi,
		{ options: { steps: 9 } },
		'Steps must be a whole number between 1 and 8 on AI/ML API (got 9)',
	],
	[
		aimlapi,
		{ prompt: 'a'.repeat(4001) },
		'Prompt must have at most 4000 characters on AI/ML API (got 4001)',
	],
];

it.each(refused)('%#: a value beyond a limit is refused', (provider, changes, message) => {
	expect(() => checkRequest(provider, changes)).toThrow(new Failure(message));
});

it('says that nothing was sent', () => {
	expect.assertions(1);
	try {
		checkRequest(novita, { width: 1 });
	} catch (error) {
		expect((error as Failure).details).toStrictEqual({
			description: 'Nothing was sent. Change Width and run again.',
		});
	}
});

it.each<[Provider, Changes]>([
	[fal, { width: 1, height: 14_142 }],
	[fal, { width: 2048, height: 2048 }],
	[fal, { width: 14_142, height: 296 }],
	// The provider scales it down itself.
	[fal, { width: 6000, height: 4000, automaticSize: true }],
	[fal, { prompt: 'a'.repeat(100_000) }],
	[fal, { seed: 0 }],
	[fal, { options: { steps: 8 } }],
	[novita, { width: 256, height: 1536, seed: 2_147_483_647 }],
	[novita, { options: { steps: 50 } }],
	[highway, { width: 257, height: 1535, seed: 0 }],
	[aimlapi, { width: 512, height: 2048, seed: 1, options: { steps: 1 } }],
	[aimlapi, { prompt: 'a'.repeat(4000) }],
	[aimlapi, { prompt: '🗼'.repeat(4000) }],
])('%#: a value within the limits is accepted', (provider, changes) => {
	expect(() => checkRequest(provider, changes)).not.toThrow();
});

it.each([
	[2048, 2049],
	[14_142, 297],
	[14_142, 14_142],
])('fal: %i x %i pixels are too many', (width, height) => {
	expect(() => checkRequest(fal, { width, height })).toThrow(
		new Failure(`The image must have at most 4 megapixels on fal (got ${width}x${height})`),
	);
});

/** The documented numbers again, independent of the code. */
const documented = [
	{ provider: fal, side: [1, 14_142, 1], seed: [0, 2 ** 53 - 1], prompt: 20_000 },
	{ provider: novita, side: [256, 1536, 1], seed: [0, 2 ** 31 - 1], prompt: 20_000 },
	{ provider: highway, side: [256, 1536, 1], seed: [0, 2 ** 31 - 1], prompt: 20_000 },
	{ provider: aimlapi, side: [512, 2048, 32], seed: [1, 2 ** 53 - 1], prompt: 4000 },
] as const;

describe.each(documented)('$provider.id: properties', ({ provider, side, seed, prompt }) => {
	const [minSide, maxSide, step] = side;
	const [minSeed, maxSeed] = seed;
	const { maxPixels = Infinity } = endpointOf(provider).limits;
	const sides = fc.integer({ min: minSide / step, max: maxSide / step }).map((n) => n * step);
	const anyRequests = fc.record(
		{
			prompt: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: prompt }),
			width: sides,
			height: sides,
			seed: fc.integer({ min: minSeed, max: maxSeed }),
		},
		{ requiredKeys: ['prompt', 'width', 'height'] },
	);
	const requests = anyRequests.map((request) => {
		const { width, height } = request;
		return width * height > maxPixels
			? { ...request, height: Math.floor(maxPixels / width) }
			: request;
	});
	const outside = (min: number, max: number) =>
		fc.oneof(
			fc.integer({ min: -(2 ** 53) + 1, max: min - 1 }),
			fc.double({ min: max, minExcluded: true }),
			fc.constantFrom(NaN, Infinity, -Infinity, min + 0.5),
		);

	it('accepts any request within the limits', () => {
		fc.assert(fc.property(requests, (changes) => checkRequest(provider, changes)));
	});

	it.each([
		['Width', 'width', outside(minSide, maxSide)],
		['Height', 'height', outside(minSide, maxSide)],
		['Seed', 'seed', outside(minSeed, maxSeed)],
	] as const)('refuses any %s outside the limits', (field, key, values) => {
		fc.assert(
			fc.property(requests, values, (changes, value) => {
				const request = { ...changes, [key]: value };
				expect(() => checkRequest(provider, request)).toThrow(Failure);
				expect(() => checkRequest(provider, request)).toThrow(`${field} must be `);
				expect(() => checkRequest(provider, request)).toThrow(`(got ${value})`);
			}),
		);
	});
});

describe('options', () => {
	/** Values just outside the limits, and the text of the limits. */
	const wholeSteps = (max: number) => ({
		bad: [0, max + 1, 1.5, -1, NaN],
		good: [1, max],
		text: `a whole number between 1 and ${max}`,
	});
	const share = {
		bad: [-0.01, 1.01, -1, 2, NaN, Infinity],
		good: [0, 0.33, 1],
		text: 'a number between 0 and 1',
	};
	const latent = (min: number, max: number) => ({
		bad: [0, min - 2, min - 1, min + 1, max + 1, max + 2, 64.5, -64, NaN],
		good: [min, 64, max],
		text: `a multiple of 2 between ${min} and ${max}`,
	});
	const guidance = {
		bad: [0, 0.99, 20.01, NaN],
		good: [1, 1.5, 20],
		text: 'a number between 1 and 20',
	};
	const ranges: Array<
		[Provider, Operation, Model, ProviderOption, { bad: number[]; good: number[]; text: string }]
	> = [
		...(['textToImage', 'imageToImage', 'inpaint', 'controlNet', 'seamlessTiling'] as const).map(
			(operation): (typeof ranges)[number] => [fal, operation, 'turbo', 'steps', wholeSteps(8)],
		),
		[fal, 'textToImage', 'base', 'steps', wholeSteps(50)],
		[fal, 'textToImage', 'base', 'guidanceScale', guidance],
		[fal, 'imageToImage', 'turbo', 'strength', share],
		[fal, 'inpaint', 'turbo', 'strength', share],
		[fal, 'inpaint', 'turbo', 'controlScale', share],
		[fal, 'inpaint', 'turbo', 'controlStart', share],
		[fal, 'inpaint', 'turbo', 'controlEnd', share],
		[fal, 'controlNet', 'turbo', 'controlScale', share],
		[fal, 'controlNet', 'turbo', 'controlStart', share],
		[fal, 'controlNet', 'turbo', 'controlEnd', share],
		[fal, 'seamlessTiling', 'turbo', 'strength', share],
		[fal, 'seamlessTiling', 'turbo', 'tileSize', latent(32, 256)],
		[fal, 'seamlessTiling', 'turbo', 'tileStride', latent(16, 128)],
		[highway, 'imageToImage', 'turbo', 'strength', share],
		[highway, 'inpaint', 'turbo', 'strength', share],
		[aimlapi, 'textToImage', 'turbo', 'steps', wholeSteps(8)],
	];

	it.each(ranges.map((row) => [row[0].id, row[1], row[2], row[3], row] as const))(
		'%s, %s with %s, accepts %s only within its limits',
		(...[, , , , [provider, operation, model, name, { bad, good, text }]]) => {
			for (const value of bad) {
				expect(() =>
					checkRequest(provider, { operation, model, options: { [name]: value } }),
				).toThrow(
					new Failure(
						`${optionNames[name]} must be ${text} on ${provider.displayName} (got ${value})`,
					),
				);
			}
			for (const value of good) {
				checkRequest(provider, { operation, model, options: { [name]: value } });
			}
		},
	);

	it('the table has every option with limits', () => {
		const withBounds = [fal, novita, highway, aimlapi].flatMap((provider: Provider) =>
			provider.endpoints.flatMap(({ operation, model, options }) =>
				Object.entries(options)
					.filter(([, range]) => range !== true)
					.map(([name]) => [provider.id, operation, model, name].join(' ')),
			),
		);
		const tested = ranges.map(([{ id }, ...names]) => [id, ...names.slice(0, 3)].join(' '));
		expect(tested.sort()).toStrictEqual(withBounds.sort());
	});
});

describe('an automatic size', () => {
	it.each(['imageToImage', 'inpaint', 'controlNet', 'seamlessTiling'] as const)(
		'of fal, for %s, is determined by fal and accepted',
		(operation) => {
			for (const [width, height] of [
				[null, null],
				[99_999, 1],
				[1024, 1024],
			] as const) {
				const request = { operation, width, height, automaticSize: true } as const;
				expect(() => checkRequest(fal, request)).not.toThrow();
			}
		},
	);

	it.each([
		['Width', 'width', fal, 0, 'a whole number between 1 and 14142'],
		['Height', 'height', fal, 14_143, 'a whole number between 1 and 14142'],
		['Width', 'width', highway, 1537, 'a whole number between 256 and 1536'],
		['Height', 'height', highway, 255, 'a whole number between 256 and 1536'],
	] as const)('is not automatic if it is given: %s', (name, side, provider, value, text) => {
		const request = { operation: 'imageToImage', [side]: value } as const;
		expect(() => checkRequest(provider, request)).toThrow(
			new Failure(`${name} must be ${text} on ${provider.displayName} (got ${value})`),
		);
	});
});
