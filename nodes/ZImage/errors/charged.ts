import type { Charged, Provider } from '../providers/provider';
import { Failure } from './failure';

/** What was or may have been charged in a run. */
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

/** The combination of several values. */
export function mostOf(...all: readonly Charged[]): Charged {
	return all.reduce((most, one) => (order.indexOf(one) > order.indexOf(most) ? one : most));
}

/** The known value, limited to the most that can be known. */
export function atMost(limit: Charged, charged: Charged): Charged {
	return order.indexOf(charged) > order.indexOf(limit) ? limit : charged;
}

/**
 * Whether the subject of an error is charged, as far as it's known. It's only `no` if that is certain, because a
 * workflow may then send the request to another provider:
 * - what the provider or its documentation says about a failed or canceled task has priority;
 * - a request that was sent with an unknown outcome: maybe;
 * - without a task, nothing was sent, or the provider refused it before it began: no;
 * - an image that was generated: yes, even if its file is missing;
 * - a task that failed at an undocumented price, or that the provider doesn't know (any more): maybe;
 * - any other accepted task is still running: yes.
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

/** The most that can be known about whether a provider charges. */
export function chargesOf({ charges }: Pick<Provider, 'charges'>): Charged {
	return charges ?? 'yes';
}

/** Whether a provider charges for the subject of an error, as far as it's known. */
export function chargedBy(provider: Pick<Provider, 'charges'>, error: unknown): Charged {
	return atMost(chargesOf(provider), chargedOf(error));
}

/** Whether anything in a run, or in one of its items, is charged, in this attempt or an earlier one. */
export function chargedIn({ paidItems, doubtfulItems }: Paid, itemIndex?: number): Charged {
	const has = (items: readonly number[]) =>
		itemIndex === undefined ? items.length > 0 : items.includes(itemIndex);
	if (has(paidItems)) return 'yes';
	return has(doubtfulItems) ? 'maybe' : 'no';
}
