import fc from 'fast-check';

import { Failure } from '../../nodes/ZImage/errors';
import { aimlapi } from '../../nodes/ZImage/providers/aimlapi';
import { checkLimits } from '../../nodes/ZImage/providers/checkLimits';
import { fal } from '../../nodes/ZImage/providers/fal';
import { highway } from '../../nodes/ZImage/providers/highway';
import { novita } from '../../nodes/ZImage/providers/novita';
import type { ImageRequest, Provider } from '../../nodes/ZImage/providers/provider';
import { imageRequest } from './request';

type Changes = Partial<ImageRequest>;

const bySizeAndSeed = (name: string, provider: Provider): Array<[Provider, Changes, string]> => [
	[provider, { width: 255 }, `Width is 255, but ${name} takes whole numbers from 256 to 1536`],
	[provider, { width: 1537 }, `Width is 1537, but ${name} takes whole numbers from 256 to 1536`],
	[provider, { height: 255 }, `Height is 255, but ${name} takes whole numbers from 256 to 1536`],
	[provider, { height: 1537 }, `Height is 1537, but ${name} takes whole numbers from 256 to 1536`],
	[
		provider,
		{ height: 512.5 },
		`Height is 512.5, but ${name} takes whole numbers from 256 to 1536`,
	],
	[provider, { seed: -1 }, `Seed is -1, but ${name} takes whole numbers from 0 to 2147483647`],
	[
		provider,
		{ seed: 2_147_483_648 },
		`Seed is 2147483648, but ${name} takes whole numbers from 0 to 2147483647`,
	],
];

const refused: Array<[Provider, Changes, string]> = [
	[fal, { width: 0 }, 'Width is 0, but fal takes whole numbers from 1 to 14142'],
	[fal, { height: 14_143 }, 'Height is 14143, but fal takes whole numbers from 1 to 14142'],
	[fal, { width: NaN }, 'Width is NaN, but fal takes whole numbers from 1 to 14142'],
	[fal, { seed: -1 }, 'Seed is -1, but fal takes whole numbers from 0 to 9007199254740991'],
	[fal, { seed: 0.5 }, 'Seed is 0.5, but fal takes whole numbers from 0 to 9007199254740991'],
	[
		fal,
		{ seed: 2 ** 53 },
		'Seed is 9007199254740992, but fal takes whole numbers from 0 to 9007199254740991',
	],
	[fal, { options: { steps: 0 } }, 'Steps is 0, but fal takes whole numbers from 1 to 8'],
	[fal, { options: { steps: 9 } }, 'Steps is 9, but fal takes whole numbers from 1 to 8'],
	[fal, { options: { steps: 1.5 } }, 'Steps is 1.5, but fal takes whole numbers from 1 to 8'],

	...bySizeAndSeed('Novita', novita),
	...bySizeAndSeed('Highway API', highway),

	[aimlapi, { width: 511 }, 'Width is 511, but AI/ML API takes whole numbers from 512 to 2048'],
	[aimlapi, { width: 2080 }, 'Width is 2080, but AI/ML API takes whole numbers from 512 to 2048'],
	[aimlapi, { height: 480 }, 'Height is 480, but AI/ML API takes whole numbers from 512 to 2048'],
	[aimlapi, { height: 1000 }, 'Height is 1000, but AI/ML API takes multiples of 32'],
	[aimlapi, { width: 513 }, 'Width is 513, but AI/ML API takes multiples of 32'],
	[aimlapi, { seed: 0 }, 'Seed is 0, but AI/ML API takes whole numbers from 1 to 9007199254740991'],
	[aimlapi, { options: { steps: 9 } }, 'Steps is 9, but AI/ML API takes whole numbers from 1 to 8'],
	[
		aimlapi,
		{ prompt: 'a'.repeat(4001) },
		'Prompt has 4001 characters, but AI/ML API takes at most 4000',
	],
];

it.each(refused)('$id refuses %j', (provider, changes, message) => {
	expect(() => checkLimits(provider, imageRequest(changes))).toThrow(new Failure(message));
});

it('says that nothing was sent', () => {
	expect.assertions(1);
	try {
		checkLimits(novita, imageRequest({ width: 1 }));
	} catch (error) {
		expect((error as Failure).details).toStrictEqual({
			description: 'Nothing was sent. Change Width and run again.',
		});
	}
});

it.each<[Provider, Changes]>([
	[fal, { width: 1, height: 14_142 }],
	[fal, { prompt: 'a'.repeat(100_000) }],
	[fal, { seed: 0 }],
	[fal, { options: { steps: 8 } }],
	[novita, { width: 256, height: 1536, seed: 2_147_483_647 }],
	[novita, { options: { steps: 50 } }],
	[highway, { width: 257, height: 1535, seed: 0 }],
	[aimlapi, { width: 512, height: 2048, seed: 1, options: { steps: 1 } }],
	[aimlapi, { prompt: 'a'.repeat(4000) }],
	[aimlapi, { prompt: '🗼'.repeat(4000) }],
])('$id takes %j', (provider, changes) => {
	expect(() => checkLimits(provider, imageRequest(changes))).not.toThrow();
});

/** The documents' numbers once more, in words of their own. */
const documented = [
	{ provider: fal, side: [1, 14_142, 1], seed: [0, 2 ** 53 - 1], prompt: 20_000 },
	{ provider: novita, side: [256, 1536, 1], seed: [0, 2 ** 31 - 1], prompt: 20_000 },
	{ provider: highway, side: [256, 1536, 1], seed: [0, 2 ** 31 - 1], prompt: 20_000 },
	{ provider: aimlapi, side: [512, 2048, 32], seed: [1, 2 ** 53 - 1], prompt: 4000 },
] as const;

describe.each(documented)('$provider.id: properties', ({ provider, side, seed, prompt }) => {
	const [minSide, maxSide, step] = side;
	const [minSeed, maxSeed] = seed;
	const sides = fc.integer({ min: minSide / step, max: maxSide / step }).map((n) => n * step);
	const requests = fc.record(
		{
			prompt: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: prompt }),
			width: sides,
			height: sides,
			seed: fc.integer({ min: minSeed, max: maxSeed }),
		},
		{ requiredKeys: ['prompt', 'width', 'height'] },
	);
	const outside = (min: number, max: number) =>
		fc.oneof(
			fc.integer({ min: -(2 ** 53) + 1, max: min - 1 }),
			fc.double({ min: max, minExcluded: true }),
			fc.constantFrom(NaN, Infinity, -Infinity, min + 0.5),
		);

	it('takes any request within the limits', () => {
		fc.assert(fc.property(requests, (changes) => checkLimits(provider, imageRequest(changes))));
	});

	it.each([
		['Width', 'width', outside(minSide, maxSide)],
		['Height', 'height', outside(minSide, maxSide)],
		['Seed', 'seed', outside(minSeed, maxSeed)],
	] as const)('refuses any %s outside of them', (field, key, values) => {
		fc.assert(
			fc.property(requests, values, (changes, value) => {
				const request = imageRequest({ ...changes, [key]: value });
				expect(() => checkLimits(provider, request)).toThrow(Failure);
				expect(() => checkLimits(provider, request)).toThrow(`${field} is ${value}, but`);
			}),
		);
	});
});
