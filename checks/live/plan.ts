import { estimateCostUsd } from '../../nodes/ZImage/providers/cost';
import type { ImageRequest } from '../../nodes/ZImage/providers/provider';
import { findEndpoint } from '../../nodes/ZImage/providers/registry';
import type { Options } from './commandLine';
import type { CredentialFields } from './credentialTest';
import { credentialTestUrl } from './credentialTest';
import type { NamedKey } from './secrets';
import { takeKey } from './secrets';
import type { Subject } from './subjects';
import { subjects } from './subjects';

/** A seed that every provider accepts, to compare with the one in the response. */
export const seed = 42;

/** What will be sent to one provider. */
export interface Plan {
	readonly subject: Subject;
	readonly key: NamedKey;
	readonly baseUrl: string;
	readonly prompt: string;
	readonly timeoutSeconds: number;
	readonly request: ImageRequest;
	/** The cost in US dollars according to the provider's documentation. `null` if it has no price. */
	readonly costUsd: number | null;
}

function requestOf({ size }: Subject, prompt: string): ImageRequest {
	return {
		operation: 'textToImage',
		model: 'turbo',
		prompt,
		...size,
		numberOfImages: 1,
		loras: [],
		seed,
		options: {},
	};
}

/** A request's cost in US dollars according to the provider's documentation. `null` if it has no price. */
export function documentedCostUsd({ provider }: Subject, request: ImageRequest): number | null {
	const endpoint = findEndpoint(provider, request.operation, request.model);
	if (!endpoint) throw new Error(`${provider.displayName} has no ${request.operation}`);
	return estimateCostUsd(endpoint, request);
}

/** What will be sent, and the requested providers without a key. */
export interface Plans {
	readonly plans: readonly Plan[];
	readonly withoutKey: readonly Subject[];
}

/**
 * Finds a key for each requested provider, or for all if none is requested. Removes all keys from the
 * environment.
 */
export function makePlans(
	options: Options,
	environment: Record<string, string | undefined>,
): Plans {
	const { providers, baseUrls, prompt, timeoutSeconds } = options;
	const plans: Plan[] = [];
	const withoutKey: Subject[] = [];
	for (const subject of subjects) {
		const key = takeKey(environment, subject.keyNames);
		const isAsked = providers.length === 0 || providers.includes(subject.id);
		if (!isAsked) continue;
		if (!key) {
			withoutKey.push(subject);
			continue;
		}
		const request = requestOf(subject, prompt);
		plans.push({
			subject,
			key,
			baseUrl: baseUrls.get(subject.id) ?? subject.provider.defaultBaseUrl,
			prompt,
			timeoutSeconds,
			request,
			costUsd: documentedCostUsd(subject, request),
		});
	}
	return { plans, withoutKey };
}

export function credentialOf({ key, baseUrl, subject }: Plan): CredentialFields {
	return {
		...(subject.provider.isOwnServer && { authentication: 'bearer' }),
		apiKey: key.key,
		baseUrl,
	};
}

export function formatUsd(costUsd: number | null): string {
	return costUsd === null ? 'not documented' : `${Number(costUsd.toPrecision(2))} USD`;
}

/** What a person should know before answering yes. */
export function describePlan(plan: Plan): string {
	const { subject, key, baseUrl, request, costUsd } = plan;
	const { provider } = subject;
	const test = credentialTestUrl(provider.credentialType, credentialOf(plan));
	const { method, path, body } = provider.submit(request);
	return [
		`${provider.displayName}, with the key in ${key.name}`,
		`  GET ${test.href} (the test of the key: free)`,
		`  ${method} ${baseUrl}${path}`,
		`  ${JSON.stringify(body)}`,
		'  and what it takes to get the image; the image itself without the key',
		`  documented cost: ${formatUsd(costUsd)}`,
	].join('\n');
}
