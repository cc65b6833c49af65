import {
	findEndpoint,
	findProvider,
	hasServerKinds,
	providers,
	providersWith,
	serverNames,
	taskProviders,
} from '../../nodes/ZImage/providers/registry';
import { aimlapi } from '../../nodes/ZImage/providers/aimlapi';
import { fal } from '../../nodes/ZImage/providers/fal';
import { highway } from '../../nodes/ZImage/providers/highway';
import { novita } from '../../nodes/ZImage/providers/novita';
import { openaiCompatible } from '../../nodes/ZImage/providers/openaiCompatible';
import { replicate } from '../../nodes/ZImage/providers/replicate';
import { comfyui } from '../../nodes/ZImage/providers/comfyui';
import { sdcpp } from '../../nodes/ZImage/providers/sdcpp';
import { wavespeed } from '../../nodes/ZImage/providers/wavespeed';
import type { Model, Operation, Provider, ServerKind } from '../../nodes/ZImage/providers/provider';

it("the providers are in the editor's order", () => {
	expect(providers).toStrictEqual([
		...[fal, wavespeed, replicate, novita, highway, aimlapi],
		...[comfyui, sdcpp, openaiCompatible],
	]);
});

it('all providers except the synchronous ones have tasks', () => {
	expect(taskProviders).toStrictEqual([fal, wavespeed, replicate, novita, highway, comfyui, sdcpp]);
});

it.each<[string, Provider | undefined]>([
	['fal', fal],
	['aimlapi', aimlapi],
	['Fal', undefined],
	['', undefined],
	['constructor', undefined],
])('%j is found by its value in saved workflows', (id, provider) => {
	expect(findProvider(id)).toBe(provider);
});

it.each<[Operation, Model | undefined, Provider[]]>([
	[
		'textToImage',
		undefined,
		[fal, wavespeed, replicate, novita, highway, aimlapi, comfyui, sdcpp, openaiCompatible],
	],
	[
		'textToImage',
		'turbo',
		[fal, wavespeed, replicate, novita, highway, aimlapi, comfyui, sdcpp, openaiCompatible],
	],
	['textToImage', 'base', [fal, wavespeed, replicate]],
	['imageToImage', undefined, [fal, wavespeed, replicate, highway, comfyui, sdcpp]],
	['imageToImage', 'base', []],
	['inpaint', 'turbo', [fal, wavespeed, replicate, highway, comfyui, sdcpp]],
	['controlNet', undefined, [fal, wavespeed, replicate]],
	['seamlessTiling', undefined, [fal]],
])('some providers support %s with the model %s', (operation, model, expected) => {
	expect(providersWith(operation, model)).toStrictEqual(expected);
	for (const provider of providers) {
		const has = (['turbo', 'base'] as const).some(
			(one) =>
				(model === undefined || one === model) &&
				findEndpoint(provider, operation, one) !== undefined,
		);
		expect(has).toBe(expected.includes(provider));
	}
});

it.each<[ServerKind | undefined, ServerKind]>([
	[undefined, 'standard'],
	['sglang', 'sglang'],
	['sdServer', 'sdServer'],
])(
	'the endpoint of an OpenAI-compatible server of the kind %s is the one of %s',
	(asked, server) => {
		expect(findEndpoint(openaiCompatible, 'textToImage', 'turbo', asked)).toMatchObject({ server });
	},
);

it('only OpenAI-compatible servers have several kinds', () => {
	expect(providers.filter(hasServerKinds)).toStrictEqual([openaiCompatible]);
	expect(findEndpoint(fal, 'textToImage', 'turbo', 'sglang')).toBeUndefined();
	expect(openaiCompatible.endpoints.map(({ server }) => server)).toStrictEqual(
		Object.keys(serverNames),
	);
});

it.each<[Operation, Model]>([
	['textToImage', 'base'],
	['inpaint', 'turbo'],
])("fal's endpoint for %s with %s is the right one", (operation, model) => {
	expect(findEndpoint(fal, operation, model)).toMatchObject({ operation, model });
});
