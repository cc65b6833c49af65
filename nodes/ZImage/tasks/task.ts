import type { StoredImage } from '../images/storeImage';
import type {
	ErrorKind,
	ImageFacts,
	ImageReference,
	Lora,
	PendingTask,
	SucceededTask,
} from '../providers/provider';

/** A provider that was asked for an image before, and did not make it. */
export interface FailedProvider {
	/** Value of the `provider` parameter. */
	readonly provider: string;
	readonly errorKind: ErrorKind;
	/** Why, in the words of the error. */
	readonly error: string;
}

/** What a LoRA is labeled by. What isn't known is `null`. */
export interface TrainingFacts {
	/** Value of the `trainer` parameter. */
	readonly trainer: string;
	readonly trigger: string | null;
	readonly steps: number | null;
	/** Not known of a zip that the user has made. */
	readonly imageCount: number | null;
}

/** An accepted task, with what Get Task Result needs to fetch it and to label what it has made. */
export interface Task {
	readonly provider: string;
	/** `null` where only the task's ID was given. */
	readonly model: string | null;
	/** `null` for a synchronous provider, which names no task. */
	readonly taskId: string | null;
	/** ISO 8601. */
	readonly submittedAt: string | null;
	readonly prompt: string | null;
	readonly seed: number | null;
	readonly loras: readonly Lora[] | null;
	/** Of the whole task in US dollars; `null` where no price is documented. */
	readonly estimatedCostUsd: number | null;
	/** Only of a training. */
	readonly training?: TrainingFacts;
	/** What Apply LoRA Preset calls the styles, by which images can be told apart. */
	readonly loraPreset?: string;
	/** In the order in which they were asked. Default: none. */
	readonly failedProviders?: readonly FailedProvider[];
}

/** How long a task may take, and what stops it. */
export interface TaskLimits {
	/** How long the task may take in all. */
	readonly timeoutSeconds: number;
	/** Its end, in milliseconds since 1970. */
	readonly deadline: number;
	readonly signal: AbortSignal;
	/** Looks whether the execution was stopped; `signal` aborts if so. */
	readonly lookForStop?: () => Promise<void>;
}

/** A finished image; one that came in an answer itself is in n8n's binary store already, or could not be put there. */
export type FinishedImage =
	| ImageReference
	| (ImageFacts & { readonly stored: StoredImage })
	| (ImageFacts & { readonly lost: string });

/** A task that has succeeded, with its images wherever they are. */
export interface FinishedTask extends Omit<SucceededTask, 'images'> {
	readonly images: readonly FinishedImage[];
}

/** What a task has come to that is not an error. */
export type OpenTask = FinishedTask | PendingTask;

/** A task that the provider has taken, and what the answer to its submit says of it. */
export interface SubmittedTask {
	readonly task: Task;
	readonly state: OpenTask;
}
