import { setTimeout as sleep } from 'node:timers/promises';
import type { HostName } from '../hosts';
import type { WebhookSteering } from './steering';
import { webhookTarget, type WebhookTargets } from './target';

/** The message of one call. */
export interface WebhookMessage {
	readonly headers: Readonly<Record<string, string>>;
	readonly body: Buffer;
}

/** How long and how often a provider tries. */
export interface WebhookPolicy {
	readonly firstTimeoutMs: number;
	readonly retryTimeoutMs: number;
	readonly mostRetries: number;
	/** From the first try on. */
	readonly mostMs: number;
	/** Whether it ends after that response, although it isn't a 2xx. */
	isFinal(status: number): boolean;
}

/** A task's webhook call. */
export interface WebhookCall {
	readonly provider: HostName;
	readonly taskId: string;
	readonly url: string;
	readonly steering: WebhookSteering | undefined;
	readonly policy: WebhookPolicy;
	/**
	 * The message, signed at that time.
	 * @param at in milliseconds since 1970
	 * @param isForged whether someone else signed it, with a false payload
	 */
	message(at: number, isForged: boolean): WebhookMessage;
}

/** One try. */
export interface WebhookDelivery {
	readonly provider: HostName;
	readonly taskId: string;
	readonly url: string;
	readonly at: number;
	readonly isForged: boolean;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
	/**
	 * The status of the response. Otherwise `dropped`: the provider calls no such address. `unreachable`:
	 * nothing responded, or the address isn't on this machine. `timeout`.
	 */
	readonly outcome: number | 'dropped' | 'unreachable' | 'timeout';
}

export interface WebhookOptions extends WebhookTargets {
	/**
	 * The first pause before a retry. Each further one is twice as long. Default: 1. GUESS: no provider
	 * documents it.
	 */
	readonly retrySeconds?: number;
}

/** How long a submit waits at most for the response to a call that comes before its own. */
export const EARLY_CALL_MS = 2000;

const MOST_DELIVERIES = 20_000;
const MOST_PAUSE_MS = 300_000;
const STALE_MS = 600_000;

/** Calls the webhooks of all providers, and records each try. */
export class Webhooks {
	readonly deliveries: WebhookDelivery[] = [];
	/** Ends the running calls when the sandbox is reset. */
	private resetting = new AbortController();

	constructor(
		private readonly options: WebhookOptions,
		private readonly closing: AbortSignal,
	) {}

	/** Forgets every try, and stops retrying. */
	reset(): void {
		this.resetting.abort();
		this.resetting = new AbortController();
		this.deliveries.length = 0;
	}

	/**
	 * Calls a webhook as its prompt asks. Returns after the first try. The rest continues in the background.
	 */
	async send(call: WebhookCall): Promise<void> {
		const stop = AbortSignal.any([this.closing, this.resetting.signal]);
		const { way, seconds = 0 } = call.steering ?? {};
		if (way === 'lost') return;
		if (way === 'late') await pause(seconds * 1000, stop);
		if (way === 'forged') await this.attempt(call, stop, { isForged: true });
		const ageMs = way === 'stale' ? STALE_MS : 0;
		const startedAt = Date.now();
		const isOver = await this.attempt(call, stop, { ageMs });
		void (async () => {
			if (!isOver) await this.retry(call, stop, startedAt, ageMs);
			if (way === 'twice') await this.attempt(call, stop, {});
		})();
	}

	private async retry(
		call: WebhookCall,
		stop: AbortSignal,
		startedAt: number,
		ageMs: number,
	): Promise<void> {
		const { mostRetries, mostMs, retryTimeoutMs } = call.policy;
		let pauseMs = (this.options.retrySeconds ?? 1) * 1000;
		for (let retry = 1; retry <= mostRetries; retry++) {
			await pause(pauseMs, stop);
			if (Date.now() - startedAt > mostMs) return;
			if (await this.attempt(call, stop, { ageMs, timeoutMs: retryTimeoutMs })) return;
			pauseMs = Math.min(pauseMs * 2, MOST_PAUSE_MS);
		}
	}

	/** One try. True when it is over. */
	private async attempt(
		call: WebhookCall,
		stop: AbortSignal,
		{
			isForged = false,
			ageMs = 0,
			timeoutMs = call.policy.firstTimeoutMs,
		}: { isForged?: boolean; ageMs?: number; timeoutMs?: number },
	): Promise<boolean> {
		if (stop.aborted) return true;
		const { provider, taskId, url, policy } = call;
		const at = Date.now();
		const message = call.message(at - ageMs, isForged);
		const target = webhookTarget(url, this.options);
		const outcome =
			'url' in target ? await post(target.url, message, timeoutMs, stop) : target.outcome;
		if (stop.aborted) return true;
		const { headers, body } = message;
		this.deliveries.push({
			provider,
			taskId,
			url,
			at,
			isForged,
			headers,
			body: body.toString(),
			outcome,
		});
		if (this.deliveries.length > MOST_DELIVERIES) this.deliveries.shift();
		if (typeof outcome !== 'number') return 'outcome' in target;
		return (outcome >= 200 && outcome < 300) || policy.isFinal(outcome);
	}
}

async function post(
	url: string,
	{ headers, body }: WebhookMessage,
	timeoutMs: number,
	stop: AbortSignal,
): Promise<number | 'unreachable' | 'timeout'> {
	const timeout = AbortSignal.timeout(timeoutMs);
	try {
		const reply = await fetch(url, {
			method: 'POST',
			headers: { 'content-type': 'application/json', ...headers },
			body: new Uint8Array(body),
			redirect: 'manual',
			signal: AbortSignal.any([stop, timeout]),
		});
		await reply.body?.cancel();
		return reply.status;
	} catch {
		return timeout.aborted ? 'timeout' : 'unreachable';
	}
}

async function pause(milliseconds: number, stop: AbortSignal): Promise<void> {
	await sleep(milliseconds, undefined, { signal: stop }).catch(() => undefined);
}
