import type { IDataObject, INodeExecutionData, NodeExecutionHint } from 'n8n-workflow';

import {
	addExpiringWeightsHint,
	addFewImagesHint,
	addIgnoredOptionsHint,
	addImageHints,
	addInlineFilesHint,
	addMaskHints,
	addMissingImagesHint,
	addResumedTrainingHint,
	addRoundedSizeHint,
	addSummaryHint,
	addUnusedCallbackHint,
} from '../../nodes/ZImage/run/hints';
import { strictContext } from '../support/strictContext';

type HintHost = Parameters<typeof addInlineFilesHint>[0];

/** The hints that n8n receives. */
function hintsOf(add: (host: HintHost) => void): NodeExecutionHint[] {
	const hints: NodeExecutionHint[] = [];
	add(
		strictContext({ addExecutionHints: (...given: NodeExecutionHint[]) => hints.push(...given) }),
	);
	return hints;
}

const warning = (message: string) => [{ message, location: 'outputPane', type: 'warning' }];

describe('ignored options', () => {
	it('are named with the provider', () => {
		expect(
			hintsOf((host) => addIgnoredOptionsHint(host, ['Acceleration', 'Steps'], 'Novita')),
		).toStrictEqual(
			warning(
				"Novita doesn't support these options here, so they were ignored: Acceleration, Steps. Remove them, or choose a provider that supports them.",
			),
		);
	});

	it('are not mentioned if there are none', () => {
		expect(hintsOf((host) => addIgnoredOptionsHint(host, [], 'Novita'))).toStrictEqual([]);
	});
});

it('files inside the request result in a warning', () => {
	expect(hintsOf(addInlineFilesHint)).toStrictEqual(
		warning(
			"Your files were sent inline, which the provider doesn't document and may reject. If it does, upload them to public storage and choose URL.",
		),
	);
});

describe('masks', () => {
	const says = (words: string) =>
		warning(
			`The mask ${words}. White is repainted and black is kept; fal doesn't document what transparent or gray pixels do. For a reliable result, use a PNG with only black and white.`,
		);

	it.each([
		['alpha', 'may have transparent parts'],
		['gray', 'has parts that are neither black nor white'],
		['lossy', 'is a JPEG, which has gray pixels along its edges'],
		['transparent', 'has transparent parts'],
	] as const)('%s: %s', (fault, words) => {
		const faults = [undefined, fault, fault];
		expect(hintsOf((host) => addMaskHints(host, faults, 'fal'))).toStrictEqual(says(words));
	});

	it('each fault has a hint, and nothing else has one', () => {
		expect(hintsOf((host) => addMaskHints(host, ['gray', 'lossy'], 'fal'))).toHaveLength(2);
		expect(hintsOf((host) => addMaskHints(host, [undefined], 'fal'))).toStrictEqual([]);
	});
});

describe('missing images', () => {
	it('are counted', () => {
		expect(hintsOf((host) => addMissingImagesHint(host, 2, 'fal'))).toStrictEqual(
			warning(
				'fal returned fewer images than requested: 2 missing. They may have been charged. Check the requests in your account there.',
			),
		);
	});

	it('are not mentioned if there are none', () => {
		expect(hintsOf((host) => addMissingImagesHint(host, 0, 'fal'))).toStrictEqual([]);
	});
});

describe('flagged images', () => {
	const image = (nsfw: INodeExecutionData['json'][string]): INodeExecutionData => ({
		json: { nsfw },
	});
	const says = (images: string) =>
		warning(
			`The provider's safety checker flagged ${images} ("nsfw": true in the item). A flagged image may be black.`,
		);

	it.each<[string, INodeExecutionData[][], object[]]>([
		['no output', [], []],
		['no item', [[], []], []],
		['none', [[image(false), image(null), { json: {} }]], []],
		['no flag', [[image('true'), image(1)]], []],
		['one', [[image(true), image(false)]], says('1 image')],
		['some in each output', [[image(true)], [image(true), image(true)]], says('3 images')],
	])('%s', (_, results, expected) => {
		expect(hintsOf((host) => addImageHints(host, results))).toStrictEqual(expected);
	});
});

it.each([
	['2 tasks, 2 images in 3.0 s', 1],
	[undefined, 0],
])('the summary %j is an info hint', (summary, count) => {
	const hint = { message: summary, location: 'outputPane', type: 'info' };
	expect(hintsOf((host) => addSummaryHint(host, summary))).toStrictEqual(
		Array.from({ length: count }, () => hint),
	);
});

describe('sizes that may be rounded', () => {
	it('are named', () => {
		expect(hintsOf((host) => addRoundedSizeHint(host, ['1000x750', '500x500']))).toStrictEqual([
			{
				message:
					'Z-Image works in multiples of 16 pixels, so the provider may round the size: 1000x750, 500x500. The fields "width" and "height" are those of the file.',
				location: 'outputPane',
				type: 'info',
			},
		]);
	});

	it('are not mentioned if there are none', () => {
		expect(hintsOf((host) => addRoundedSizeHint(host, []))).toStrictEqual([]);
	});
});

it('an unused callback URL is named, with the providers that would call it', () => {
	expect(hintsOf((host) => addUnusedCallbackHint(host, ['fal', 'WaveSpeed']))).toStrictEqual([
		{
			message:
				'Callback URL was ignored: it needs Submit mode and one of these providers: fal, WaveSpeed.',
			location: 'outputPane',
			type: 'warning',
		},
	]);
});

describe('weights that expire', () => {
	const lora = (changes: IDataObject = {}): INodeExecutionData => ({
		json: {
			status: 'succeeded',
			trainer: 'turbo',
			expiresAt: '2026-01-08T00:00:00.000Z',
			...changes,
		},
	});
	const binary = { data: { data: '', mimeType: 'application/octet-stream' } };
	const says = warning(
		'The provider deletes the weights at 2026-01-08T00:00:00.000Z. To keep them, turn on Download Weights in the options and save the file, for example to public storage: use its URL as the LoRA from then on.',
	);

	it.each<[string, INodeExecutionData[][], object[]]>([
		['no item', [[], []], []],
		['of a training', [[lora()]], says],
		['of a training of which only its ID is known', [[], [lora({ trainer: null })]], says],
		['that stay', [[lora({ expiresAt: null })]], []],
		['that are a file of the item', [[{ ...lora(), binary }]], []],
		['of a training that goes on', [[lora({ status: 'pending' })]], []],
		['of an image', [[lora({ trainer: undefined })]], []],
		['at an invalid time', [[lora({ expiresAt: 7 })]], []],
		['beside others', [[lora({ expiresAt: null }), lora(), lora()]], says],
	])('%s', (_, results, expected) => {
		expect(hintsOf((host) => addExpiringWeightsHint(host, results))).toStrictEqual(expected);
	});
});

it('few images of a training are a warning, with how many are advised', () => {
	expect(hintsOf((host) => addFewImagesHint(host, 3, 10, 'fal'))).toStrictEqual(
		warning(
			'fal recommends at least 10 images for a LoRA (got 3). With fewer, it may learn little, or copy the images.',
		),
	);
});

it('a training that was resumed is for information', () => {
	expect(hintsOf(addResumedTrainingHint)).toStrictEqual([
		{
			message: 'The training from an earlier attempt was resumed, not charged again.',
			location: 'outputPane',
			type: 'info',
		},
	]);
});
