import {
	findEndpoint,
	findProvider,
	providers,
	providersWith,
	taskProviders,
} from '../../nodes/ZImage/providers/registry';
import { aimlapi } from '../../nodes/ZImage/providers/aimlapi';
import { fal } from '../../nodes/ZImage/providers/fal';
import { highway } from '../../nodes/ZImage/providers/highway';
import { novita } from '../../nodes/ZImage/providers/novita';
import { replicate } from '../../nodes/ZImage/providers/replicate';
import { wavespeed } from '../../nodes/ZImage/providers/wavespeed';
import type { Model, Operation, Provider } from '../../nodes/ZImage/providers/provider';

it('the providers are in the order of the editor', () => {
	expect(providers).toStrictEqual([fal, wavespeed, replicate, novita, highway, aimlapi]);
});

it('those with tasks are all but the synchronous one', () => {
	expect(taskProviders).toStrictEqual([fal, wavespeed, replicate, novita, highway]);
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
	['textToImage', undefined, [fal, wavespeed, replicate, novita, highway, aimlapi]],
	['textToImage', 'turbo', [fal, wavespeed, replicate, novita, highway, aimlapi]],
	['textToImage', 'base', [fal, wavespeed, replicate]],
	['imageToImage', undefined, [fal, wavespeed, replicate, highway]],
	['imageToImage', 'base', []],
	['inpaint', 'turbo', [fal, wavespeed, replicate, highway]],
	['controlNet', undefined, [fal, wavespeed, replicate]],
	['seamlessTiling', undefined, [fal]],
])('%s with the model %s is what some have', (operation, model, expected) => {
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

it.each<[Operation, Model]>([
	['textToImage', 'base'],
	['inpaint', 'turbo'],
])('the endpoint of fal for %s with %s is that one', (operation, model) => {
	expect(findEndpoint(fal, operation, model)).toMatchObject({ operation, model });
});
