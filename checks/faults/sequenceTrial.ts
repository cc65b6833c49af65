import { setTimeout as sleep } from 'node:timers/promises';

import type { AcceptedSubmit } from '../../sandbox/emulator/server';
import { startSandbox } from '../../sandbox/emulator/server';
import { credentialsFor } from '../../test/support/credentials';
import type { CredentialData } from '../../test/support/credentialsHelper';
import { fastClock } from '../../test/support/fastClock';
import { createKeys } from './canary';
import { readComesOut, type ComesOut } from './comesOut';
import { execute, type Execution } from './execution';
import type { Harm } from './harm';
import { withHostAway } from './hostFaults';
import { keyLeaks } from './keyLeaks';
import { allowHosts } from './outgoing';
import { withinPatience } from './patience';
import type { Sequence } from './sequence';
import { sequenceTimeoutSeconds } from './sequence';
import type { Arrival, Submit } from './traffic';
import { Traffic } from './traffic';

/** What was observed in a sequence. */
export interface SequenceEvidence {
	readonly number: number;
	readonly sequence: Sequence;
	/** Unset if the run did not end. */
	readonly execution?: Execution;
	readonly comesOut: ComesOut;
	/** By the nodes' clock. */
	readonly elapsedMs: number;
	/** Submits that have left the nodes, by item. */
	readonly submits: ReadonlyArray<readonly Submit[]>;
	/** Submits that the provider would charge for, by item. */
	readonly accepted: ReadonlyArray<readonly AcceptedSubmit[]>;
	/** Items whose task the provider has promised to cancel. */
	readonly cancelled: ReadonlySet<number>;
	/** When the execution was stopped, by the real clock. */
	readonly stoppedAt?: number;
	/** Where a key was found. */
	readonly leaks: readonly string[];
}

/** A run that takes longer than this, in real time, hangs. */
const patienceMs = 45_000;

/** Requests in flight at the stop still arrive. */
const afterStopMs = 250;

/** An image's cost in US dollars, and its size at that price. [providers.md: prices] */
const prices: Readonly<Record<string, { readonly usd: number; readonly size: string }>> = {
	fal: { usd: 0.005, size: '1000x1000' },
	aimlapi: { usd: 0.00525, size: '512x512' },
};

function promptOf({ fates, polls, isInline }: Sequence, item: number): string {
	const fate = fates?.[item];
	const tokens = [
		...(fate === undefined ? [] : [`[sandbox:${fate}]`]),
		...(polls === undefined ? [] : [`[sandbox:polls=${polls}]`]),
		...(isInline ? ['[sandbox:inline]'] : []),
	];
	return `boat ${item}; ${tokens.join('')}`;
}

/** The item of a prompt, whatever an expression has appended. */
function itemOf(prompt: string): number | undefined {
	const [, item] = /^boat (\d+);/.exec(prompt) ?? [];
	return item === undefined ? undefined : Number(item);
}

function harmTo({ strikes }: Sequence, { item, stage, position }: Arrival): Harm | undefined {
	return strikes.find(
		(strike) =>
			strike.item === item &&
			strike.stage === stage &&
			position >= strike.from &&
			position < strike.from + strike.times,
	)?.harm;
}

function stepOf(sequence: Sequence) {
	const { subject, onError, tries, changes, hasBudget, itemCount, maxConcurrency } = sequence;
	const price = hasBudget ? prices[subject.id] : undefined;
	const change = changes === 'prompt' ? ' {{ $now.toMillis() }} {{ Math.random() }}' : '';
	return {
		type: 'zImageGenerate',
		parameters: {
			provider: subject.id,
			prompt: `={{ $json.prompt }}${change}`,
			size: price?.size ?? subject.parameters.size,
			options: {
				...subject.parameters.options,
				timeoutSeconds: sequenceTimeoutSeconds,
				...(changes === 'seed' && { seed: '={{ Math.floor(Math.random() * 1e6) + 1 }}' }),
				...(price && { maxCostUsd: price.usd * itemCount }),
				...(maxConcurrency !== undefined && { maxConcurrency }),
			},
		},
		onError,
		...(tries > 1 && { maxTries: tries }),
	};
}

function addSlash(credentials: CredentialData): void {
	for (const data of Object.values(credentials)) {
		if (!String(data.baseUrl).endsWith('/')) data.baseUrl = `${String(data.baseUrl)}/`;
	}
}

/** Runs Generate with all its attempts, and records everything that results from it. */
export async function runSequence(sequence: Sequence, number: number): Promise<SequenceEvidence> {
	const { subject, itemCount, stopsAt, hasNewBaseUrl } = sequence;
	const sandbox = await startSandbox({ taskSeconds: 0, keys: createKeys(number) });
	const realUrl = sandbox.urls[subject.id];
	let stop = (): void => {};
	let stoppedAt: number | undefined;
	const stopped = new Promise<void>((resolve) => (stop = resolve));
	let credentials: CredentialData = {};
	const traffic = await Traffic.start({
		subject,
		sandbox,
		itemOf,
		meddle: (arrival) => {
			const { item, stage, position } = arrival;
			if (stopsAt?.item === item && stopsAt.stage === stage && stopsAt.position === position) {
				stoppedAt = Date.now();
				stop();
			}
			const harm = harmTo(sequence, arrival);
			if (harm && hasNewBaseUrl) addSlash(credentials);
			return harm;
		},
	});
	try {
		allowHosts(number, [realUrl, sandbox.urls[subject.id]]);
		credentials = credentialsFor(sandbox);
		const clock = fastClock();
		const startedAt = clock.now();
		const items = Array.from({ length: itemCount }, (_, item) => ({
			prompt: promptOf(sequence, item),
		}));
		const execution = await withinPatience(
			withHostAway(sequence.hostAway, clock, credentials, async (stored) => {
				return await execute(stepOf(sequence), { items }, stored, clock, stopped);
			}),
			patienceMs,
		);
		const elapsedMs = clock.now() - startedAt;
		if (stoppedAt !== undefined) await sleep(afterStopMs);
		return {
			number,
			sequence,
			...(execution && { execution }),
			comesOut: execution ? readComesOut(execution) : { images: new Map(), failures: [], text: '' },
			elapsedMs,
			submits: items.map((_, item) => traffic.submits[item] ?? []),
			accepted: items.map((_, item) =>
				sandbox.accepted
					.filter(({ prompt }) => itemOf(prompt) === item)
					.map((submit) => ({ ...submit, isTold: submit.isTold && !traffic.hides(submit) })),
			),
			cancelled: traffic.cancelled,
			...(stoppedAt !== undefined && { stoppedAt }),
			leaks: execution ? keyLeaks(subject, sandbox, [execution]) : [],
		};
	} finally {
		await traffic.close();
		await sandbox.close();
	}
}
