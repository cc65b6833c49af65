import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { Failure } from '../../nodes/ZImage/errors/failure';
import { endpointFor, imageRequestOf } from '../../nodes/ZImage/generate/imageRequest';
import { readParameters } from '../../nodes/ZImage/generate/parameters';
import type { SourceImages } from '../../nodes/ZImage/images/sourceImage';
import { aimlapi } from '../../nodes/ZImage/providers/aimlapi';
import { fal } from '../../nodes/ZImage/providers/fal';
import { highway } from '../../nodes/ZImage/providers/highway';
import { novita } from '../../nodes/ZImage/providers/novita';
import type { Operation, Provider } from '../../nodes/ZImage/providers/provider';
import { providers } from '../../nodes/ZImage/providers/registry';
import { endpointOf, models, operations } from '../support/request';
import { failureOf } from '../support/failureOf';
import { nodeOf } from '../support/node';
import { strictContext } from '../support/strictContext';

function contextOf(parameters: Record<string, unknown>, json: IDataObject = {}) {
	return strictContext({
		getInputData: () => [{ json }],
		getNode: () => nodeOf(),
		getNodeParameter: (name: string, _: number, fallback?: unknown) =>
			name in parameters ? parameters[name] : fallback,
	}) as never;
}

const parametersOf = (...given: Parameters<typeof contextOf>) =>
	readParameters(contextOf(...given), 0);

describe('the endpoint', () => {
	const combinations = providers.flatMap((provider: Provider) =>
		operations.flatMap((operation) =>
			models.map((model) => [provider.id, operation, model, provider] as const),
		),
	);

	it.each(combinations)(
		'%s, %s, %s is found, or reported as missing',
		(_, operation, model, provider) => {
			const endpoint = provider.endpoints.find(
				(candidate) => candidate.operation === operation && candidate.model === model,
			);
			const found = () => endpointFor(provider, parametersOf({ operation, model }));
			if (endpoint) expect(found()).toBe(endpoint);
			else expect(found).toThrow(Failure);
		},
	);

	const missing: Array<[Provider, Record<string, unknown>, string]> = [
		[
			novita,
			{ operation: 'imageToImage' },
			"Novita doesn't support Image to Image. Providers that do: fal, WaveSpeed, Replicate, Highway API, ComfyUI and stable-diffusion.cpp",
		],
		[
			aimlapi,
			{ operation: 'inpaint' },
			"AI/ML API doesn't support Inpaint. Providers that do: fal, WaveSpeed, Replicate, Highway API, ComfyUI and stable-diffusion.cpp",
		],
		[
			highway,
			{ operation: 'controlNet' },
			"Highway API doesn't support ControlNet. Providers that do: fal, WaveSpeed and Replicate",
		],
		[
			highway,
			{ operation: 'seamlessTiling' },
			"Highway API doesn't support Seamless Tiling. Providers that do: fal",
		],
		[
			novita,
			{ model: 'base' },
			"Novita doesn't support Text to Image with Z-Image Base. Providers that do: fal, WaveSpeed and Replicate",
		],
		[
			highway,
			{ operation: 'imageToImage', model: 'base' },
			"Highway API doesn't support Image to Image with Z-Image Base",
		],
		[fal, { operation: 'inpaint', model: 'base' }, "fal doesn't support Inpaint with Z-Image Base"],
	];

	it.each(missing.map((row) => [row[2], row] as const))('%s', (message, [provider, parameters]) => {
		expect(failureOf(() => endpointFor(provider, parametersOf(parameters)))).toMatchObject({
			message,
			details: {
				description: 'Nothing was sent. Choose another Provider, Operation or Model.',
			},
		});
	});

	it.each<[Record<string, unknown>, string]>([
		[
			{ operation: 'upscale' },
			'Operation must be one of: textToImage, imageToImage, inpaint, controlNet, seamlessTiling (got "upscale")',
		],
		[{ operation: '' }, 'Operation must be one of: '],
		[{ model: 'large' }, 'Model must be one of: turbo, base (got "large")'],
		[{ model: null }, 'Model must be one of: '],
	])('%j is refused', (parameters, message) => {
		expect(() => endpointFor(fal, parametersOf(parameters))).toThrow(message);
	});

	it('is text to image with Turbo for a workflow older than the other choices', () => {
		for (const provider of providers) {
			expect(endpointFor(provider, parametersOf({}))).toBe(endpointOf(provider));
		}
	});
});

describe('the request', () => {
	const picture = (width: number | null, height: number | null, reference = 'binary:a') => ({
		reference,
		width,
		height,
		isGuess: false,
		toUrl: async () => 'unused',
	});
	const read = (
		parameters: Record<string, unknown> = {},
		images: SourceImages = {},
		options: IDataObject = {},
		provider: Provider = fal,
		operation: Operation = images.image ? 'imageToImage' : 'textToImage',
	) => {
		const context = contextOf({ prompt: 'a boat', ...parameters });
		const endpoint = endpointOf(provider, operation);
		const read = readParameters(context, 0);
		return imageRequestOf(provider, endpoint, { ...read, options }, { steps: 4 }, images);
	};

	it('has what is asked for, and nothing else', () => {
		expect(read()).toStrictEqual({
			operation: 'textToImage',
			model: 'turbo',
			prompt: 'a boat',
			width: 1024,
			height: 1024,
			numberOfImages: 1,
			loras: [],
			options: { steps: 4 },
		});
	});

	it('has the images by their references', () => {
		const images = { image: picture(93, 71), mask: picture(93, 71, 'https://a.example/m.png') };
		expect(read({ numberOfImages: 3 }, images, { seed: 7 })).toStrictEqual({
			operation: 'imageToImage',
			model: 'turbo',
			prompt: 'a boat',
			width: 93,
			height: 71,
			automaticSize: true,
			image: 'binary:a',
			mask: 'https://a.example/m.png',
			numberOfImages: 3,
			loras: [],
			seed: 7,
			options: { steps: 4 },
		});
	});

	const known = { image: picture(640, 480) };
	const unknown = { image: picture(null, null) };

	const sizes: Array<[Provider, Operation, Record<string, unknown>, SourceImages, object]> = [
		// fal determines the size. If it is known here, the price is known, too.
		[fal, 'imageToImage', {}, known, { width: 640, height: 480, automaticSize: true }],
		[
			fal,
			'inpaint',
			{ outputSize: 'auto' },
			unknown,
			{ width: null, height: null, automaticSize: true },
		],
		[
			fal,
			'controlNet',
			{ outputSize: ' auto ' },
			known,
			{ width: 640, height: 480, automaticSize: true },
		],
		[fal, 'seamlessTiling', {}, {}, { width: 1024, height: 1024, automaticSize: true }],
		[fal, 'seamlessTiling', {}, known, { width: 640, height: 480, automaticSize: true }],
		// Highway API needs the size in the request.
		[highway, 'imageToImage', {}, known, { width: 640, height: 480 }],
		[highway, 'inpaint', {}, unknown, { width: 1024, height: 1024 }],
		// A custom size.
		[fal, 'imageToImage', { outputSize: '512x768' }, known, { width: 512, height: 768 }],
		[highway, 'imageToImage', { outputSize: '512 × 768' }, unknown, { width: 512, height: 768 }],
		[
			fal,
			'seamlessTiling',
			{ outputSize: 'custom', width: '640', height: 480 },
			{},
			{ width: 640, height: 480 },
		],
		// Each kind of operation has its own parameter.
		[
			fal,
			'imageToImage',
			{ size: '512x768' },
			known,
			{ width: 640, height: 480, automaticSize: true },
		],
		[fal, 'textToImage', { outputSize: '512x768' }, {}, { width: 1024, height: 1024 }],
		[fal, 'textToImage', { size: '512*768' }, {}, { width: 512, height: 768 }],
	];

	it.each(sizes.map((row) => [row[0].id, row[1], row[2], row[4], row] as const))(
		'%s, %s, %j: has the size %j',
		(...[, , , expected, [provider, operation, parameters, images]]) => {
			const { width, height, automaticSize } = read(parameters, images, {}, provider, operation);
			expect({ width, height, ...(automaticSize && { automaticSize }) }).toStrictEqual(expected);
		},
	);

	it.each([
		['textToImage', 'size', 'auto'],
		['textToImage', 'size', 'large'],
		['imageToImage', 'outputSize', 'large'],
	] as const)('%s: %s refuses %j', (operation, name, size) => {
		expect(() => read({ [name]: size }, known, {}, fal, operation)).toThrow(
			new Failure(`Size must be width x height, such as 1024x768 (got "${size}")`),
		);
	});

	describe('to Highway API, which takes 256 to 1536', () => {
		const told = (width: number, height: number) => {
			const request = read({}, { image: picture(width, height) }, {}, highway);
			return [request.width, request.height];
		};

		it.each([
			[256, 256, 256, 256],
			[1536, 1536, 1536, 1536],
			[1000, 333, 1000, 333],
			[3072, 1536, 1536, 768],
			[4000, 3000, 1536, 1152],
			[3000, 4000, 1152, 1536],
			[1537, 1537, 1536, 1536],
			[128, 64, 512, 256],
			[93, 71, 335, 256],
			[1, 1, 256, 256],
			// More extreme than allowed: as long and as narrow as possible.
			[8000, 100, 1536, 256],
			[100, 8000, 256, 1536],
			[2000, 20, 1536, 256],
		])('%i x %i is scaled to %i x %i', (width, height, ...expected) => {
			expect(told(width, height)).toStrictEqual(expected);
		});

		it('every size is scaled to fit, with its proportions if possible', () => {
			const side = fc.integer({ min: 1, max: 20_000 });
			fc.assert(
				fc.property(side, side, (width, height) => {
					const [w, h] = told(width, height).map(Number) as [number, number];
					for (const value of [w, h]) {
						expect(Number.isInteger(value)).toBe(true);
						expect(value).toBeGreaterThanOrEqual(256);
						expect(value).toBeLessThanOrEqual(1536);
					}
					const ratio = width / height;
					if (ratio > 6 || ratio < 1 / 6) return;
					// Each side may be off by half a pixel at most.
					expect(Math.abs(w - h * ratio)).toBeLessThanOrEqual(0.5 + 0.5 * ratio);
				}),
			);
		});
	});
});
