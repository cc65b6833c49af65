import type { Harm } from './harm';
import type { HostAway } from './hostFaults';
import type { OnError } from './scenario';
import type { Subject } from './subject';
import type { RequestStage } from './traffic';

/** An event that affects some requests of an item, in any attempt. */
export interface Strike {
	readonly item: number;
	readonly stage: RequestStage;
	/** The first affected request, counted from 0 over all attempts. */
	readonly from: number;
	readonly times: number;
	readonly harm: Harm;
}

/** What a provider does with an item's task: `[sandbox:…]` without the brackets. See sandbox/README.md. */
export type Fate = 'fail' | 'fail-as=text-422' | 'fail-as=text-500' | 'moderate' | 'no-money';

/** A run of Generate with all its attempts, in which several things happen. */
export interface Sequence {
	readonly name: string;
	readonly subject: Subject;
	readonly itemCount: number;
	/** More than 1: Retry On Fail. */
	readonly tries: number;
	readonly onError: OnError;
	/** What an expression changes in each attempt. */
	readonly changes: 'nothing' | 'prompt' | 'seed';
	readonly strikes: readonly Strike[];
	/** By item. */
	readonly fates?: Readonly<Record<number, Fate>>;
	/** The number of status requests until a task is done. */
	readonly polls?: number;
	/** The images are in the response itself (AI/ML API). */
	readonly isInline?: boolean;
	/** Max Cost is the price of one image per item. */
	readonly hasBudget?: boolean;
	/** The Base URL gets a trailing slash after something has happened. */
	readonly hasNewBaseUrl?: boolean;
	/** The execution is stopped when this request arrives. */
	readonly stopsAt?: Pick<Strike, 'item' | 'stage'> & { readonly position: number };
	readonly maxConcurrency?: number;
	readonly hostAway?: HostAway;
}

/** Each item's timeout, in seconds by the nodes' clock. */
export const sequenceTimeoutSeconds = 120;
