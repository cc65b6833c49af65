import { Failure } from '../errors/failure';
import type { Host } from '../host';
import type { Clock } from '../http/clock';

/** The shortest time between two reads of the execution from n8n's database. */
const lookIntervalMs = 5000;

/** The key of a stopped execution's ID in the node's context, because n8n may run the node again. */
const field = 'zImageStoppedExecution';

type StopHost = Pick<
	Host,
	'getContext' | 'getExecutionCancelSignal' | 'getExecutionDataById' | 'getExecutionId'
>;

/**
 * Detects when the execution was stopped. n8n's own signal doesn't reach an execution that a webhook processor started in
 * queue mode, but the stored execution has an error once it was stopped, like any failed execution.
 */
export class StopWatch {
	private readonly stopped = new AbortController();
	private lookedAt: number;
	/** One of these aborts when the execution is stopped. */
	readonly signals: readonly AbortSignal[];

	constructor(
		private readonly host: StopHost,
		private readonly clock: Clock,
	) {
		this.lookedAt = clock.now();
		const cancelled = host.getExecutionCancelSignal();
		this.signals = [this.stopped.signal, ...(cancelled ? [cancelled] : [])];
		if (host.getContext('node')[field] === host.getExecutionId()) this.stop();
	}

	get isStopped(): boolean {
		return this.signals.some(({ aborted }) => aborted);
	}

	/** Checks whether the execution was stopped, unless it was checked a moment ago. */
	async look(): Promise<void> {
		const { host } = this;
		if (!host.getExecutionDataById || this.clock.now() - this.lookedAt < lookIntervalMs) return;
		this.lookedAt = this.clock.now();
		// If the database doesn't answer, nothing is known about the execution.
		const stored = await host.getExecutionDataById(host.getExecutionId()).catch(() => undefined);
		if (stored?.resultData?.error) this.stop();
	}

	private stop(): void {
		this.host.getContext('node')[field] = this.host.getExecutionId();
		this.stopped.abort(new Failure('The execution was stopped', { kind: 'canceled' }));
	}
}
