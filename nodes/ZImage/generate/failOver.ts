import { chargedBy } from '../errors/charged';
import { Failure, kindOf, taskOf } from '../errors/failure';
import type { Clock } from '../http/clock';
import type { ErrorKind, Provider } from '../providers/provider';
import type { FailedProvider } from '../tasks/task';

/** Kinds of errors that are a provider's fault: another one may succeed with the same request. */
export const faultsOfProvider: ReadonlySet<ErrorKind> = new Set([
	'balance',
	'rateLimit',
	'timeout',
	'unavailable',
]);

/** How long a run skips a provider that accepted nothing. This is our choice. */
const restMs = 60_000;

/**
 * Whether a request may go to another provider: this one is at fault, and it's certain that the request was not
 * accepted, or that its task has failed and isn't charged.
 */
export function mayFallBack(error: unknown, provider: Provider): error is Failure {
	if (!(error instanceof Failure) || error.details.isAmbiguous) return false;
	const task = taskOf(error);
	const isOver = task === undefined || task.status === 'failed';
	return isOver && faultsOfProvider.has(error.kind) && chargedBy(provider, error) === 'no';
}

/** A request for one of the providers. */
interface Attempt {
	readonly provider: Provider;
}

/** How the attempts at a request are made. */
interface Work<A, T> {
	/** Whether an earlier attempt of the execution has sent it, so that it may be charged. */
	readonly isKept: (attempt: A) => boolean;
	/** Prepares what must be valid before a provider is used as a fallback. */
	readonly begin: (attempt: A) => Promise<void>;
	/** @param failedProviders the providers that did not generate the image */
	readonly work: (attempt: A, failedProviders: readonly FailedProvider[]) => Promise<T>;
	/** The attempt cost nothing, and the next one is made. */
	readonly leave: (attempt: A) => void;
}

function reasonOf({ provider }: Attempt, error: unknown): FailedProvider {
	return {
		provider: provider.id,
		errorKind: kindOf(error),
		error: error instanceof Error ? error.message : String(error),
	};
}

/** Why an attempt returned nothing. */
interface AttemptFailure<A> {
	readonly attempt: A;
	readonly error: unknown;
	/** Whether the provider received this request. */
	readonly wasAsked: boolean;
	readonly reason: FailedProvider;
}

/** The failure of the last provider that received the request, or else the first one. It names the others. */
function summedUp(failures: ReadonlyArray<AttemptFailure<Attempt>>): unknown {
	const chosen = failures.findLast(({ wasAsked }) => wasAsked) ?? failures[0];
	const others = failures.filter((failure) => failure !== chosen);
	if (!chosen || others.length === 0 || !(chosen.error instanceof Failure)) return chosen?.error;
	const { message, details } = chosen.error;
	const lines = others.map(({ reason }) => `- ${reason.error}`);
	const description = [details.description, 'Other providers of this node:', ...lines];
	return new Failure(message, {
		...details,
		charged: chargedBy(chosen.attempt.provider, chosen.error),
		description: description.filter(Boolean).join('\n'),
	});
}

/** Gives each request to the first provider that accepts it. This is the only decision on falling back. */
export class FailOver {
	/**
	 * Providers that accepted nothing: the reason, and until when they are skipped, in milliseconds since 1970.
	 */
	private readonly resting = new Map<Provider, { readonly until: number; readonly why: Failure }>();

	constructor(private readonly clock: Clock) {}

	/**
	 * Makes the attempts in order, until one succeeds, may be charged, or fails through no fault of its
	 * provider. If an earlier attempt of the execution already sent one of them, that one goes first, and those
	 * before it are skipped.
	 * @throws the failure of the last provider that received the request, with the reasons of the others
	 */
	async run<A extends Attempt, T>(
		attempts: readonly A[],
		{ isKept, begin, work, leave }: Work<A, T>,
	): Promise<T> {
		const queue = attempts.slice(Math.max(0, attempts.findIndex(isKept)));
		const failures: AttemptFailure<A>[] = [];
		for (const [index, attempt] of queue.entries()) {
			const isLast = index === queue.length - 1;
			const others = failures.map(({ reason }) => reason);
			try {
				if (!isLast && !isKept(attempt)) this.assertAwake(attempt);
				if (index > 0) await begin(attempt);
			} catch (error) {
				leave(attempt);
				failures.push({ attempt, error, wasAsked: false, reason: reasonOf(attempt, error) });
				continue;
			}
			try {
				return await work(attempt, others);
			} catch (error) {
				failures.push({ attempt, error, wasAsked: true, reason: reasonOf(attempt, error) });
				if (isLast || !mayFallBack(error, attempt.provider)) break;
				leave(attempt);
				if (taskOf(error) === undefined) this.rest(attempt, error);
			}
		}
		throw summedUp(failures);
	}

	/** @throws the failure because of which a provider is skipped for now */
	private assertAwake({ provider }: Attempt): void {
		const resting = this.resting.get(provider);
		if (resting && this.clock.now() < resting.until) throw resting.why;
	}

	private rest({ provider }: Attempt, why: Failure): void {
		this.resting.set(provider, { until: this.clock.now() + restMs, why });
	}
}
