import type { SourceImages } from '../images/sourceImage';
import type { ImageRequest } from '../providers/provider';
import type { FailedProvider } from '../tasks/task';

/** A request that is to be paid once. */
export interface Submission {
	/** Its pictures are named by their references. */
	readonly request: ImageRequest;
	readonly images: SourceImages;
	/** What Apply LoRA Preset calls the styles. */
	readonly loraPreset: string | undefined;
	/** US dollars; `null` where no price is documented. */
	readonly costUsd: number | null;
	/** Of its task, among those that were accepted in this execution. */
	readonly key: string;
	/** Those that were asked for it before, for the task to tell. Default: none. */
	readonly failedProviders?: readonly FailedProvider[];
}
