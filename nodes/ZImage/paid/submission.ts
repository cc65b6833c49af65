import type { SourceImages } from '../images/sourceImage';
import type { ImageRequest } from '../providers/provider';
import type { FailedProvider } from '../tasks/task';

/** A request that must be paid for only once. */
export interface Submission {
	/** Its source images are named by reference. */
	readonly request: ImageRequest;
	readonly images: SourceImages;
	/** The style names from Apply LoRA Preset. */
	readonly loraPreset: string | undefined;
	/** US dollars; `null` if no price is documented. */
	readonly costUsd: number | null;
	/** The place of its task in the ledger. */
	readonly key: string;
	/** Providers that were tried before, to be named in the task. Default: none. */
	readonly failedProviders?: readonly FailedProvider[];
}
