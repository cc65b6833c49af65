import type { Harm } from './harm';
import type { HostAway } from './hostFaults';
import type { OnError } from './scenario';
import type { Subject } from './subject';
import type { RequestStage } from './traffic';

/** Something that happens to some requests of an item, whichever attempt they are of. */
export interface Strike {
	readonly item: number;
	readonly stage: RequestStage;
	/** The first request that is hit, counted from 0 over all attempts. */
	readonly from: number;
	readonly times: number;
	readonly harm: Harm;
}

/** What a provider does with the task of an item: `[sandbox:…]` without the brackets; see sandbox/README.md. */
export type Fate = 'fail' | 'fail-as=text-422' | 'fail-as=text-500' | 'moderate' | 'no-money';

/** A run of Generate, with all its attempts, in which several things happen. */
export interface Sequence {
	readonly name: string;
	readonly subject: Subject;
	readonly itemCount: number;
	/** More than 1: Retry On Fail. */
	readonly tries: number;
	readonly onError: OnError;
	/** What an expression makes again in each attempt. */
	readonly changes: 'nothing' | 'prompt' | 'seed';
	readonly strikes: readonly Strike[];
	/** By item. */
	readonly fates?: Readonly<Record<number, Fate>>;
	/** Status requests until a task is done. */
	readonly polls?: number;
	/** The images are in the answer itself (AI/ML API). */
	readonly isInline?: boolean;
	/** The Max Cost is that of one image for each item. */
	readonly hasBudget?: boolean;
	/** The Base URL gets a slash at its end once something has happened. */
	readonly hasNewBaseUrl?: boolean;
	/** The execution is stopped when this request arrives. */
	readonly stopsAt?: Pick<Strike, 'item' | 'stage'> & { readonly position: number };
	readonly maxConcurrency?: number;
	readonly hostAway?: HostAway;
}

/** The time of each item, in seconds by the clock of the nodes. */
export const sequenceTimeoutSeconds = 120;
