import type { StoredImage } from '../images/storeImage';
import type {
	ErrorKind,
	ImageFacts,
	ImageReference,
	Lora,
	PendingTask,
	SucceededTask,
} from '../providers/provider';

/** A provider that was tried before and didn't generate the image. */
export interface FailedProvider {
	/** Value of the `provider` parameter. */
	readonly provider: string;
	readonly errorKind: ErrorKind;
	/** The message of its error. */
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
	/** `null` if only the task ID is known. */
	readonly model: string | null;
	/** `null` for a synchronous provider, which has no tasks. */
	readonly taskId: string | null;
	/** ISO 8601. */
	readonly submittedAt: string | null;
	readonly prompt: string | null;
	readonly seed: number | null;
	readonly loras: readonly Lora[] | null;
	/** Of the whole task in US dollars; `null` if no price is documented. */
	readonly estimatedCostUsd: number | null;
	/** Only of a training. */
	readonly training?: TrainingFacts;
	/** What Apply LoRA Preset calls the styles, by which images can be told apart. */
	readonly loraPreset?: string;
	/** In the order in which they were tried. Default: none. */
	readonly failedProviders?: readonly FailedProvider[];
}

/** How long a task may take, and what stops it. */
export interface TaskLimits {
	/** How long the whole task may take. */
	readonly timeoutSeconds: number;
	/** Its end, in milliseconds since 1970. */
	readonly deadline: number;
	readonly signal: AbortSignal;
	/** Checks whether the execution was stopped; `signal` aborts if so. */
	readonly lookForStop?: () => Promise<void>;
}

/** A finished image; an image from an answer itself is already in n8n's binary storage, or could not be stored there. */
export type FinishedImage =
	| ImageReference
	| (ImageFacts & { readonly stored: StoredImage })
	| (ImageFacts & { readonly lost: string });

/** A successful task with its images. */
export interface FinishedTask extends Omit<SucceededTask, 'images'> {
	readonly images: readonly FinishedImage[];
}

/** The state of a task that isn't an error. */
export type OpenTask = FinishedTask | PendingTask;

/** A task that the provider has accepted, and its state from the answer to the submit. */
export interface SubmittedTask {
	readonly task: Task;
	readonly state: OpenTask;
}
