import { aimlapi } from './aimlapi';
import { fal } from './fal';
import { highway } from './highway';
import { novita } from './novita';
import type { Provider, ProviderOption } from './provider';

/** Every provider, in the order of the editor's list. Options, credentials and look-up derive from it. */
export const providers = [fal, novita, highway, aimlapi] as const satisfies readonly Provider[];

export type ProviderId = (typeof providers)[number]['id'];

/** The providers that answer a submit with a task, for Submit mode and for Get Task Result. */
export const taskProviders: readonly Provider[] = providers.filter(
	(provider: Provider) => provider.tasks !== undefined,
);

/**
 * Finds a provider by the value of the `provider` parameter.
 * @returns `undefined` for a value that no provider has.
 */
export function findProvider(id: string): Provider | undefined {
	return providers.find((provider) => provider.id === id);
}

/** The values of the `provider` parameter for which an option is offered. */
export function providersSupporting(option: ProviderOption): string[] {
	return providers
		.filter((provider: Provider) => provider.supports.includes(option))
		.map(({ id }) => id);
}

/** The values of the `provider` parameter for which an option is not offered. */
export function providersWithout(option: ProviderOption): string[] {
	return providers
		.filter((provider: Provider) => !provider.supports.includes(option))
		.map(({ id }) => id);
}
