import fc from 'fast-check';

import { estimateCostUsd } from '../../nodes/ZImage/providers/cost';
import type {
	ImageRequest,
	Model,
	Operation,
	Provider,
} from '../../nodes/ZImage/providers/provider';
import { findEndpoint, findProvider, providers } from '../../nodes/ZImage/providers/registry';
import { readFixture } from '../support/fixture';
import { endpointOf, imageRequest, twoLoras } from '../support/request';

function providerOf(id: string): Provider {
	const provider = findProvider(id);
	if (!provider) throw new Error(`There is no provider ${id}`);
	return provider;
}

/** A request's cost on a provider. */
function costOf(providerId: string, changes: Partial<ImageRequest>): number | null {
	const request = imageRequest(changes);
	return estimateCostUsd(
		endpointOf(providerOf(providerId), request.operation, request.model),
		request,
	);
}

const oneLora = [{ path: 'owner/name', scale: 1 }];
const expanded = { enablePromptExpansion: true };
/** The size in both of AI/ML API's examples. */
const example = { width: 1440, height: 512 };
/** A million pixels. */
const megapixel = { width: 1000, height: 1000 };

it('AI/ML API: the credits of the documented example with a LoRA, at 2,000,000 to the dollar', () => {
	const { body } = readFixture('aimlapi', 'generationWithLora');
	expect(body).toMatchObject({ meta: { usage: { credits_used: 17_850 } } });
	const cost = costOf('aimlapi', { ...example, loras: oneLora });
	expect(cost).toBe(0.008925);
	expect(cost).toBe(17_850 / 2_000_000);
});

it.each<[string, Partial<ImageRequest>, number]>([
	['fal', megapixel, 0.005],
	['fal', { ...megapixel, loras: oneLora }, 0.0085],
	['fal', { ...megapixel, loras: twoLoras }, 0.0085],
	['fal', { ...megapixel, options: expanded }, 0.0075],
	['fal', { ...megapixel, loras: oneLora, options: expanded }, 0.011],
	['fal', { ...megapixel, options: { enablePromptExpansion: false } }, 0.005],
	// The prompt expansion is charged once per request, the pixels once per image.
	['fal', { ...megapixel, numberOfImages: 4, options: expanded }, 0.0225],
	['fal', { ...megapixel, numberOfImages: 4, loras: oneLora }, 0.034],
	// Fractions of a megapixel.
	['fal', { width: 500, height: 500 }, 0.00125],
	['fal', { width: 1024, height: 1024 }, 0.00524288],
	['fal', { width: 2000, height: 1000, loras: oneLora }, 0.017],

	// The other operations.
	['fal', { ...megapixel, operation: 'imageToImage' }, 0.005],
	['fal', { ...megapixel, operation: 'imageToImage', loras: oneLora }, 0.0085],
	['fal', { ...megapixel, operation: 'imageToImage', options: expanded }, 0.0075],
	['fal', { ...megapixel, operation: 'controlNet' }, 0.0065],
	['fal', { ...megapixel, operation: 'controlNet', numberOfImages: 2 }, 0.013],
	['fal', { ...megapixel, operation: 'controlNet', options: expanded }, 0.009],
	['fal', { ...megapixel, operation: 'seamlessTiling' }, 0.02],
	['fal', { ...megapixel, operation: 'seamlessTiling', options: expanded }, 0.0225],
	['fal', { ...megapixel, operation: 'controlNet', loras: oneLora }, 0.01],
	['fal', { ...megapixel, operation: 'seamlessTiling', loras: oneLora }, 0.025],
	['fal', { ...megapixel, model: 'base', loras: oneLora }, 0.012],
	// The size of the source image, if it is known.
	['fal', { operation: 'imageToImage', width: 2000, height: 500, automaticSize: true }, 0.005],

	// Started megapixels, and no price for prompt expansion.
	['aimlapi', example, 0.00525],
	['aimlapi', { ...example, options: expanded }, 0.00525],
	['aimlapi', megapixel, 0.00525],
	['aimlapi', { width: 1024, height: 1024 }, 0.0105],
	['aimlapi', { width: 2048, height: 2048, loras: twoLoras }, 5 * 0.008925],
	['aimlapi', { ...example, numberOfImages: 4, loras: oneLora }, 4 * 0.008925],
])('%s: %j costs %d USD', (providerId, changes, expected) => {
	expect(costOf(providerId, changes)).toBeCloseTo(expected, 12);
});

it.each<[string, Partial<ImageRequest>]>([
	['fal', { operation: 'inpaint' }],
	['fal', { operation: 'inpaint', loras: oneLora }],
	['fal', { model: 'base' }],
	['fal', { operation: 'imageToImage', width: null, height: null, automaticSize: true }],
	['fal', { operation: 'imageToImage', width: null }],
	['fal', { operation: 'imageToImage', height: null }],
	['fal', { operation: 'seamlessTiling', width: null, height: null, options: expanded }],
	['highway', { operation: 'imageToImage' }],
	['highway', { operation: 'inpaint' }],
])('%s: %j has no known price', (providerId, changes) => {
	expect(costOf(providerId, { ...megapixel, ...changes })).toBeNull();
});

it.each<[string, Operation, Model]>([
	['aimlapi', 'imageToImage', 'turbo'],
	['aimlapi', 'textToImage', 'base'],
])('%s has no endpoint, and so no price, for %s with %s', (providerId, operation, model) => {
	expect(findEndpoint(providerOf(providerId), operation, model)).toBeUndefined();
});

it.each(['novita', 'highway'])('%j documents no price', (providerId) => {
	for (const loras of [[], oneLora]) {
		expect(costOf(providerId, { loras, options: expanded })).toBeNull();
		for (const endpoint of providerOf(providerId).endpoints) {
			const { operation, model } = endpoint;
			const request = imageRequest({ operation, model, loras, options: expanded });
			expect(estimateCostUsd(endpoint, request)).toBeNull();
		}
	}
});

it("any request to any endpoint has a price or none, and the user's own server charges nothing", () => {
	fc.assert(
		fc.property(
			fc.constantFrom(
				...providers.flatMap(({ endpoints, isOwnServer }: Provider) =>
					endpoints.map((endpoint) => ({ endpoint, isFree: isOwnServer === true })),
				),
			),
			fc.integer({ min: 1, max: 14_142 }),
			fc.integer({ min: 1, max: 14_142 }),
			fc.integer({ min: 1, max: 4 }),
			fc.boolean(),
			({ endpoint, isFree }, width, height, numberOfImages, hasLora) => {
				const request = imageRequest({
					operation: endpoint.operation,
					model: endpoint.model,
					width,
					height,
					numberOfImages,
					loras: hasLora ? oneLora : [],
				});
				const cost = estimateCostUsd(endpoint, request) ?? 1;
				expect(cost > 0).toBe(!isFree);
				expect(cost).toBeGreaterThanOrEqual(0);
				expect(Number.isFinite(cost)).toBe(true);
			},
		),
	);
});
