import { Failure } from '../errors/failure';
import type { Host } from '../host';
import type { Clock } from '../http/clock';

/** n8n is asked for the execution in its database at most this often. */
const lookIntervalMs = 5000;

/** Where the ID of an execution that was stopped is in the node's context: n8n may try the node again. */
const field = 'zImageStoppedExecution';

type StopHost = Pick<
	Host,
	'getContext' | 'getExecutionCancelSignal' | 'getExecutionDataById' | 'getExecutionId'
>;

/**
 * Tells when the execution was stopped. n8n's own signal doesn't reach an execution that a webhook processor started in
 * queue mode, but what n8n stores of the execution has an error once it was stopped, as has that of any execution that is over.
 */
export class StopWatch {
	private readonly stopped = new AbortController();
	private lookedAt: number;
	/** Aborts when the execution was stopped. */
	readonly signal: AbortSignal;

	constructor(
		private readonly host: StopHost,
		private readonly clock: Clock,
	) {
		this.lookedAt = clock.now();
		const cancelled = host.getExecutionCancelSignal();
		this.signal = cancelled
			? AbortSignal.any([this.stopped.signal, cancelled])
			: this.stopped.signal;
		if (host.getContext('node')[field] === host.getExecutionId()) this.stop();
	}

	/** Looks whether the execution was stopped, unless that was done a moment ago. */
	async look(): Promise<void> {
		const { host } = this;
		if (!host.getExecutionDataById || this.clock.now() - this.lookedAt < lookIntervalMs) return;
		this.lookedAt = this.clock.now();
		// A database that doesn't answer says nothing of the execution.
		const stored = await host.getExecutionDataById(host.getExecutionId()).catch(() => undefined);
		if (stored?.resultData?.error) this.stop();
	}

	private stop(): void {
		this.host.getContext('node')[field] = this.host.getExecutionId();
		this.stopped.abort(new Failure('The execution was stopped', { kind: 'canceled' }));
	}
}
