import { Failure } from '../../nodes/ZImage/errors/failure';
import { readParameters } from '../../nodes/ZImage/generate/parameters';
import { planTasks } from '../../nodes/ZImage/generate/planTasks';
import type { SourceImages } from '../../nodes/ZImage/images/sourceImage';
import { aimlapi } from '../../nodes/ZImage/providers/aimlapi';
import { fal } from '../../nodes/ZImage/providers/fal';
import { highway } from '../../nodes/ZImage/providers/highway';
import { novita } from '../../nodes/ZImage/providers/novita';
import type { Endpoint, Provider } from '../../nodes/ZImage/providers/provider';
import { replicate } from '../../nodes/ZImage/providers/replicate';
import { wavespeed } from '../../nodes/ZImage/providers/wavespeed';
import { failureOf } from '../support/failureOf';
import { endpointOf } from '../support/request';
import { nodeOf } from '../support/node';
import { strictContext } from '../support/strictContext';

interface Item {
	readonly endpoint?: Endpoint;
	readonly json?: object;
	readonly images?: SourceImages;
}

/** Plans an item with a prompt and these parameters. */
function plan(
	provider: Provider,
	given: Readonly<Record<string, unknown>> = {},
	{ endpoint = endpointOf(provider), json = {}, images = {} }: Item = {},
) {
	const parameters: Readonly<Record<string, unknown>> = { prompt: 'a lighthouse', ...given };
	const host = strictContext({
		getInputData: () => [{ json }] as never,
		getNode: () => nodeOf(),
		getNodeParameter: (name: string, _: number, fallback?: unknown) =>
			(name in parameters ? parameters[name] : fallback) as never,
	});
	return planTasks(provider, endpoint, readParameters(host, 0), images);
}

const loras = [{ path: 'owner/name', scale: 0.8 }];

it('is by default one task with one image in Wait mode', () => {
	expect(plan(fal)).toStrictEqual({
		tasks: [
			{
				request: {
					operation: 'textToImage',
					model: 'turbo',
					prompt: 'a lighthouse',
					width: 1024,
					height: 1024,
					numberOfImages: 1,
					loras: [],
					options: {},
				},
				place: { taskIndex: 0, taskCount: 1 },
				costUsd: 0.00524288,
			},
		],
		mode: 'wait',
		output: {
			binaryPropertyName: 'data',
			downloadsWeights: false,
			fileName: undefined,
			timeoutSeconds: 300,
		},
		loraPreset: undefined,
		ignored: [],
	});
});

describe('several images', () => {
	// The images of each task, its seed and its position.
	it.each<[Provider, number, number | undefined, Array<[number, number | undefined, number]>]>([
		[fal, 4, 7, [[4, 7, 0]]],
		[aimlapi, 3, undefined, [[3, undefined, 0]]],
		[novita, 1, 7, [[1, 7, 0]]],
		[
			novita,
			3,
			7,
			[
				[1, 7, 0],
				[1, 8, 1],
				[1, 9, 2],
			],
		],
		[
			highway,
			2,
			0,
			[
				[1, 0, 0],
				[1, 1, 1],
			],
		],
		[
			novita,
			2,
			undefined,
			[
				[1, undefined, 0],
				[1, undefined, 1],
			],
		],
		[
			novita,
			2,
			-1,
			[
				[1, undefined, 0],
				[1, undefined, 1],
			],
		],
	])('%#: are as many tasks as needed', (provider, numberOfImages, seed, expected) => {
		const { tasks } = plan(provider, { numberOfImages, options: { seed } });
		expect(
			tasks.map(({ request, place }) => [request.numberOfImages, request.seed, place.taskIndex]),
		).toStrictEqual(expected);
		for (const { place, request } of tasks) {
			expect(place.taskCount).toBe(expected.length);
			expect('seed' in request).toBe(seed !== undefined && seed !== -1);
		}
	});

	it('differ only in the seed', () => {
		const { tasks } = plan(novita, {
			numberOfImages: 2,
			'loras.lora': loras,
			options: { seed: 7 },
		});
		const [first, second] = tasks.map(({ request }) => request);
		expect(second).toStrictEqual({ ...first, seed: 8 });
		expect(first).toMatchObject({ loras });
	});

	it('are refused if a seed would be too large', () => {
		const options = { seed: 2_147_483_646 };
		expect(plan(novita, { numberOfImages: 2, options }).tasks).toHaveLength(2);
		expect(() => plan(novita, { numberOfImages: 3, options })).toThrow(
			new Failure(
				'Seed must be a whole number between 0 and 2147483647 on Novita (got 2147483648)',
			),
		);
	});
});

describe('the mode', () => {
	it.each<[string, Provider]>([
		['wait', fal],
		['submit', fal],
		['submit', novita],
		['wait', aimlapi],
	])('%s (%#)', (mode, provider) => {
		expect(plan(provider, { mode }).mode).toBe(mode);
	});

	it('Submit is refused if the response is the image', () => {
		expect(failureOf(() => plan(aimlapi, { mode: 'submit' }))).toMatchObject({
			message: "AI/ML API doesn't support Submit mode",
			details: {
				description: 'It returns the image right away. Nothing was sent. Set Mode to Wait.',
			},
		});
	});

	it.each(['check', '', null])('%j is not a mode', (mode) => {
		expect(() => plan(fal, { mode })).toThrow(
			new Failure(`Mode must be one of: wait, submit (got ${JSON.stringify(mode)})`),
		);
	});
});

describe('the cost', () => {
	const size = { size: 'custom', width: 1000, height: 1000 };

	it.each<[string, Provider, Readonly<Record<string, unknown>>, Array<number | null>]>([
		['of one image', fal, size, [0.005]],
		['of all images of a task', fal, { ...size, numberOfImages: 4 }, [0.02]],
		['with LoRAs', fal, { ...size, 'loras.lora': loras }, [0.0085]],
		['with an option', fal, { ...size, options: { enablePromptExpansion: true } }, [0.0075]],
		['per started megapixel', aimlapi, {}, [0.0105]],
		['of each task, unknown', novita, { numberOfImages: 2 }, [null, null]],
	])('%s', (_, provider, parameters, expected) => {
		expect(plan(provider, parameters).tasks.map(({ costUsd }) => costUsd)).toStrictEqual(expected);
	});

	it('of each task is that of its own image', () => {
		const endpoint = endpointOf(fal);
		const single = { ...endpoint, limits: { ...endpoint.limits, imagesPerTask: 1 } };
		const { tasks } = plan(fal, { ...size, numberOfImages: 3 }, { endpoint: single });
		expect(tasks.map(({ costUsd }) => costUsd)).toStrictEqual([0.005, 0.005, 0.005]);
	});
});

it.each<[Provider, object, string[]]>([
	[fal, { steps: 4 }, []],
	[novita, { steps: 4, acceleration: 'high' }, ['Acceleration', 'Steps']],
	// No endpoint has these, so they aren't missing here.
	[novita, { fileName: 'a', seed: 7, maxConcurrency: 2 }, []],
])('%#: names the options that were ignored', (provider, options, expected) => {
	expect(plan(provider, { options }).ignored).toStrictEqual(expected);
});

it('reads Preprocess like an option, and only if there is one', () => {
	expect(plan(fal, { preprocess: 'canny' }).ignored).toStrictEqual(['Preprocess']);
	const image = strictContext({ reference: 'https://a.example/1.png', width: null, height: null });
	const { tasks, ignored } = plan(
		fal,
		{ preprocess: 'canny', options: { preprocess: 'pose' } },
		{ endpoint: endpointOf(fal, 'controlNet'), images: { image: image as never } },
	);
	expect(ignored).toStrictEqual([]);
	expect(tasks[0]?.request).toMatchObject({
		image: 'https://a.example/1.png',
		options: { preprocess: 'canny' },
	});
});

it.each<[Readonly<Record<string, unknown>>, object, string | undefined]>([
	[{}, { loraPreset: 'Pencil', loras }, 'Pencil'],
	[{}, { loraPreset: 7 }, '7'],
	[{}, { loraPreset: '' }, undefined],
	[{ useInputLoras: false }, { loraPreset: 'Pencil', loras }, undefined],
])("with the parameters %j, the item's preset is %j", (parameters, json, expected) => {
	expect(plan(fal, parameters, { json }).loraPreset).toBe(expected);
});

it('reads the options about files and waiting', () => {
	const options = { binaryPropertyName: 'photo', fileName: 'a.png', timeoutSeconds: '60' };
	expect(plan(fal, { options }).output).toStrictEqual({
		...options,
		downloadsWeights: false,
		timeoutSeconds: 60,
	});
	expect(() => plan(fal, { options: { timeoutSeconds: 0 } })).toThrow(
		'Timeout (Seconds) must be between 1 and 86400 (got 0)',
	);
});

describe('what an endpoint has no field for', () => {
	const image = { reference: 'a', width: 640, height: 480, isGuess: false, toUrl: async () => 'a' };
	const inpaint = endpointOf(wavespeed, 'inpaint');

	it.each([
		[7, ['Seed']],
		['7', ['Seed']],
		[-1, []],
		['', []],
		[undefined, []],
	])('a seed of %j is not sent, and a valid one is named as ignored', (seed, ignored) => {
		const made = plan(wavespeed, { options: { seed } }, { endpoint: inpaint, images: { image } });
		expect(made.ignored).toStrictEqual(ignored);
		expect(made.tasks.map(({ request }) => request.seed)).toStrictEqual([undefined]);
	});

	it('several images with one seed become several tasks without a seed', () => {
		const made = plan(
			wavespeed,
			{ numberOfImages: 3, options: { seed: 7 } },
			{ endpoint: inpaint, images: { image } },
		);
		expect(made.tasks.map(({ request }) => request.seed)).toStrictEqual([
			undefined,
			undefined,
			undefined,
		]);
	});

	it.each([
		['auto', []],
		['512x512', ['Output Size']],
	])("a size of %s is the source image's size", (outputSize, ignored) => {
		const endpoint = endpointOf(replicate, 'imageToImage');
		const made = plan(replicate, { outputSize }, { endpoint, images: { image } });
		expect(made.ignored).toStrictEqual(ignored);
		expect(made.tasks[0]?.request).toMatchObject({ width: 640, height: 480, automaticSize: true });
	});

	it('LoRAs are refused, with advice', () => {
		const given = { loras: { lora: loras }, 'loras.lora': loras };
		expect(
			failureOf(() => plan(wavespeed, given, { endpoint: inpaint, images: { image } })),
		).toMatchObject({
			message: "WaveSpeed doesn't accept LoRAs for Inpaint. Remove: owner/name",
			details: { description: expect.stringContaining('Nothing was sent') as string },
		});
	});
});
