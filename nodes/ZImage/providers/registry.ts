import { aimlapi } from './aimlapi';
import { comfyui } from './comfyui';
import { fal } from './fal';
import { highway } from './highway';
import { novita } from './novita';
import { openaiCompatible } from './openaiCompatible';
import type { Endpoint, LoraLimits, Model, Operation, Provider, ServerKind } from './provider';
import { replicate } from './replicate';
import { sdcpp } from './sdcpp';
import { wavespeed } from './wavespeed';

/** Every provider, in the order of the editor's list. Options, credentials and look-up derive from it. */
export const providers = [
	fal,
	wavespeed,
	replicate,
	novita,
	highway,
	aimlapi,
	comfyui,
	sdcpp,
	openaiCompatible,
] as const satisfies readonly Provider[];

export type ProviderId = (typeof providers)[number]['id'];

/** The editor's names for the operations, in the order of its list. */
export const operationNames = {
	textToImage: 'Text to Image',
	imageToImage: 'Image to Image',
	inpaint: 'Inpaint',
	controlNet: 'ControlNet',
	seamlessTiling: 'Seamless Tiling',
} as const satisfies Readonly<Record<Operation, string>>;

/** The editor's names for the kinds of server, in the order of its list. The first is the default. */
export const serverNames = {
	standard: 'Standard',
	vllmOmni: 'vLLM-Omni',
	sglang: 'SGLang',
	localAi: 'LocalAI',
	sdServer: 'sd-server',
} as const satisfies Readonly<Record<ServerKind, string>>;

/** The providers that respond to a submit with a task, for Submit mode and for Get Task Result. */
export const taskProviders: readonly Provider[] = providers.filter(
	(provider: Provider) => provider.tasks !== undefined,
);

/** The providers that report the end of a task in a signed call, for the trigger. */
export const webhookProviders: readonly Provider[] = providers.filter(
	(provider: Provider) => provider.webhook !== undefined,
);

/** The providers that train LoRAs. */
export const trainingProviders: readonly Provider[] = providers.filter(
	(provider: Provider) => provider.training !== undefined,
);

/** The providers that call a URL when a task has ended. */
export const callbackProviders: readonly Provider[] = providers.filter(
	(provider: Provider) => provider.callsBack !== undefined,
);

/** Those of them that document a list of recent tasks. */
export const listProviders: readonly Provider[] = taskProviders.filter(
	({ tasks }) => tasks?.list !== undefined,
);

/** The providers that can load a LoRA from their own storage. */
export const loraFileProviders: readonly Provider[] = providers.filter(
	({ files }: Provider) => files?.maxLoraBytes !== undefined,
);

/** The maximum of all endpoints' LoRAs, for code that doesn't know the endpoint yet. */
export const anyLoraLimits: LoraLimits = providers
	.flatMap(({ endpoints }: Provider) => endpoints)
	.map(({ loras }) => loras)
	.reduce((widest, { max, scale }) => ({
		max: Math.max(widest.max, max),
		scale: {
			min: Math.min(widest.scale.min, scale.min),
			max: Math.max(widest.scale.max, scale.max),
		},
	}));

/**
 * Finds a provider by the value of the `provider` parameter.
 * @returns `undefined` for an unknown value
 */
export function findProvider(id: string): Provider | undefined {
	return providers.find((provider) => provider.id === id);
}

/**
 * Finds a provider's endpoint for an operation and a model.
 * @param server the kind of server, for a provider with several
 * @returns `undefined` for a combination that it doesn't support
 */
export function findEndpoint(
	{ endpoints }: Provider,
	operation: Operation,
	model: Model,
	server?: ServerKind,
): Endpoint | undefined {
	return endpoints.find(
		(endpoint) =>
			endpoint.operation === operation &&
			endpoint.model === model &&
			(server === undefined || endpoint.server === server),
	);
}

/** Whether the user has to choose a kind of server. */
export function hasServerKinds({ endpoints }: Provider): boolean {
	return endpoints.some(({ server }) => server !== undefined);
}

/** The providers that have an operation, with any model or with a certain one. */
export function providersWith(operation: Operation, model?: Model): Provider[] {
	return providers.filter(({ endpoints }: Provider) =>
		endpoints.some(
			(endpoint) =>
				endpoint.operation === operation && (model === undefined || endpoint.model === model),
		),
	);
}
