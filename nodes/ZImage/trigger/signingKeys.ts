import { Failure } from '../errors/failure';
import type { Client } from '../http/client';
import { answerFailure } from '../http/failures';
import { isSuccess } from '../http/retry';
import type { Provider, ProviderWebhook, WebhookDelivery } from '../providers/provider';

/** How long keys are used before they are asked for again; fal allows a day. */
const freshMs = 60 * 60_000;

/** However many forged deliveries come, a provider is asked for its keys at most this often. */
const pauseMs = 10_000;

/** How long the answer may take: the provider waits for ours meanwhile, fal for 15 seconds. */
const timeoutMs = 6000;

interface KeptKeys {
	readonly askedAt: number;
	readonly keys: Promise<readonly string[]>;
}

/** By credential, in the memory of this process. */
const kept = new Map<string, KeptKeys>();

/** It doesn't show what the answer holds: there may be a secret in it. */
function oddKeysFailure({ displayName }: Provider): Failure {
	return new Failure(`${displayName} returned its signing keys in an unexpected form`, {
		kind: 'other',
		description:
			"Check the Base URL in the node's credential. If it is right, the provider may have changed its API: please report this.",
	});
}

async function fetchKeys(client: Client, webhook: ProviderWebhook): Promise<readonly string[]> {
	const { provider, clock } = client;
	const answer = await client.send(webhook.keys, {
		purpose: 'read',
		deadline: clock.now() + timeoutMs,
		signal: new AbortController().signal,
	});
	if (!isSuccess(answer)) {
		throw answerFailure(provider, answer, 'did not return its signing keys');
	}
	try {
		return webhook.parseKeys(answer);
	} catch {
		throw oddKeysFailure(provider);
	}
}

/**
 * Asks a provider for the keys of its signatures, and keeps them.
 * @param credentialId whose keys they are
 * @throws Failure when they aren't available
 */
export async function askForKeys(
	client: Client,
	webhook: ProviderWebhook,
	credentialId: string,
): Promise<readonly string[]> {
	const asked = { askedAt: client.clock.now(), keys: fetchKeys(client, webhook) };
	kept.set(credentialId, asked);
	return await asked.keys;
}

/**
 * Whether the provider has signed a delivery. A key that isn't known yet may be a new one, so the keys are asked for again,
 * but not each time.
 * @throws Failure when the keys aren't available
 */
export async function isSigned(
	client: Client,
	webhook: ProviderWebhook,
	credentialId: string,
	delivery: WebhookDelivery,
): Promise<boolean> {
	const known = kept.get(credentialId);
	const age = known ? client.clock.now() - known.askedAt : Infinity;
	if (known && age < freshMs) {
		const keys = await known.keys.catch((error: unknown) => {
			if (age < pauseMs) throw error;
			return [];
		});
		if (webhook.isSigned(delivery, keys)) return true;
		if (age < pauseMs) return false;
	}
	return webhook.isSigned(delivery, await askForKeys(client, webhook, credentialId));
}
