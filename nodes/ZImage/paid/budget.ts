import type { IContextObject } from 'n8n-workflow';

import { adviceOn } from '../errors/advice';
import { Failure } from '../errors/failure';
import type { Host } from '../host';
import type { Provider } from '../providers/provider';

/** The key of the sum in the execution's context, which all its nodes share. */
const field = 'zImageSpentUsd';

/** Larger than the rounding errors of sums of decimal fractions. */
const tolerance = 1e-9;

function inUsd(amount: number): string {
	return `${Number(amount.toFixed(6))} USD`;
}

/**
 * Keeps an execution below the user's cost limit. The cost of all Generate nodes is summed up
 * in the execution's own data, including loops and n8n's retries.
 */
export class Budget {
	/** Costs of this run's requests that are planned but not sent yet, by place. */
	private readonly planned = new Map<string, number>();
	/** Costs of those that were sent. */
	private readonly sent = new Map<string, number>();
	private plannedUsd = 0;

	private constructor(
		private readonly context: IContextObject,
		private readonly maxUsd: number | undefined,
	) {}

	/** @param maxUsd default: no limit */
	static of(host: Pick<Host, 'getContext'>, maxUsd: number | undefined): Budget {
		return new Budget(host.getContext('flow'), maxUsd);
	}

	/**
	 * Plans a request.
	 * @param place of its task in the ledger
	 * @param costUsd estimate; `null` if there isn't one
	 * @throws Failure when it would exceed the limit of the execution, or when its cost is unknown
	 */
	plan(place: string, { displayName }: Provider, costUsd: number | null): void {
		if (this.maxUsd === undefined) return;
		const limit = `Max Cost (USD) is ${this.maxUsd}`;
		if (costUsd === null) {
			throw new Failure(`${limit}, but the cost of this request is unknown`, {
				kind: 'budget',
				description: `Nothing was sent. ${displayName} publishes no price for it, or the image size is unknown. Remove the limit, or choose a provider with a published price.`,
			});
		}
		const total = this.spent + this.plannedUsd + costUsd;
		if (total > this.maxUsd + tolerance) {
			const { kind, description } = adviceOn('budget');
			throw new Failure(`${limit}, but this request would bring the total to ${inUsd(total)}`, {
				kind,
				description: `Nothing was sent. The request would cost about ${inUsd(costUsd)}. ${description}`,
			});
		}
		this.planned.set(place, costUsd);
		this.plannedUsd += costUsd;
	}

	/** Records that a request is sent. */
	spend(place: string, costUsd: number | null): void {
		this.unplan(place);
		if (costUsd === null) return;
		this.sent.set(place, costUsd);
		this.context[field] = this.spent + costUsd;
	}

	/** Records that a request of this run costs nothing, because it wasn't sent or isn't charged. */
	giveBack(place: string): void {
		this.unplan(place);
		const costUsd = this.sent.get(place);
		if (costUsd === undefined) return;
		this.sent.delete(place);
		this.context[field] = this.spent - costUsd;
	}

	private unplan(place: string): void {
		this.plannedUsd -= this.planned.get(place) ?? 0;
		this.planned.delete(place);
	}

	private get spent(): number {
		const spent: unknown = this.context[field];
		return typeof spent === 'number' ? spent : 0;
	}
}
