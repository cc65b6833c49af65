import type { Charged, Provider } from '../providers/provider';
import { Failure } from './failure';

/** What a run has paid for, or may have. */
export interface Paid {
	/** Task IDs, or URLs of images of tasks without an ID. */
	readonly handles: readonly string[];
	/** The items, from 0, with a task that was accepted. */
	readonly paidItems: readonly number[];
	/** The items, from 0, with a request that may have been accepted. */
	readonly doubtfulItems: readonly number[];
}

export const nothingPaid: Paid = { handles: [], paidItems: [], doubtfulItems: [] };

const order: readonly Charged[] = ['no', 'maybe', 'yes'];

/** Of several things together. */
export function mostOf(...all: readonly Charged[]): Charged {
	return all.reduce((most, one) => (order.indexOf(one) > order.indexOf(most) ? one : most));
}

/** What is known, where no more than a limit can be. */
export function atMost(limit: Charged, charged: Charged): Charged {
	return order.indexOf(charged) > order.indexOf(limit) ? limit : charged;
}

/**
 * Whether what an error is about is charged, as far as anybody here knows. It's never `no` unless that is certain, as a
 * workflow may send the request to another provider then:
 * - what the provider or its documents say of a failed or canceled task goes first;
 * - a request that left, and whose outcome nobody knows, may be;
 * - without a task, nothing was sent, or the provider refused it before it began: no;
 * - an image that was made is, even if its file isn't here;
 * - a task that failed where the documents tell no price, or that the provider doesn't know (any more), may be;
 * - any other accepted task goes on at the provider and is.
 */
export function chargedOf(error: unknown): Charged {
	if (!(error instanceof Failure)) return 'no';
	const { charged, isAmbiguous, task } = error.details;
	if (charged) return charged;
	if (isAmbiguous) return 'maybe';
	if (!task) return 'no';
	if (task.status === 'succeeded') return 'yes';
	return task.status === 'failed' || error.kind === 'notFound' ? 'maybe' : 'yes';
}

/** The most that is known of whether a provider charges for what it makes. */
export function chargesOf({ charges }: Pick<Provider, 'charges'>): Charged {
	return charges ?? 'yes';
}

/** Whether a provider charges for what an error is about, as far as anybody here knows. */
export function chargedBy(provider: Pick<Provider, 'charges'>, error: unknown): Charged {
	return atMost(chargesOf(provider), chargedOf(error));
}

/** Whether anything of a run is charged, or of one of its items, in this attempt or an earlier one. */
export function chargedIn({ paidItems, doubtfulItems }: Paid, itemIndex?: number): Charged {
	const has = (items: readonly number[]) =>
		itemIndex === undefined ? items.length > 0 : items.includes(itemIndex);
	if (has(paidItems)) return 'yes';
	return has(doubtfulItems) ? 'maybe' : 'no';
}
