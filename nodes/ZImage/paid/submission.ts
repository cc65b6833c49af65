import type { Client } from '../http/client';
import type { SourceImages } from '../images/sourceImage';
import { withSourceImages } from '../images/sourceImage';
import type { ImageRequest } from '../providers/provider';
import { submitTask } from '../tasks/submit';
import type { FailedProvider, SubmittedTask, Task, TaskLimits } from '../tasks/task';

/** A request that must be charged only once. */
export interface Submission {
	/** Of its task, among those that were accepted in this execution. */
	readonly key: string;
	/** US dollars; `null` where no price is documented. */
	readonly costUsd: number | null;
	/**
	 * Does what comes before the submit and costs nothing, such as an upload.
	 * @returns what sends the submit, and nothing else
	 */
	readonly prepare: (client: Client, limits: TaskLimits) => Promise<() => Promise<SubmittedTask>>;
	/** Further data for the task. */
	readonly notes?: Pick<Task, 'failedProviders' | 'loraPreset'>;
}

/** A request for images that is to be paid once. */
export interface ImageSubmission extends Pick<Submission, 'costUsd' | 'key'> {
	/** References stand for its images. */
	readonly request: ImageRequest;
	readonly images: SourceImages;
	/** The style names from Apply LoRA Preset. */
	readonly loraPreset: string | undefined;
	/** Those that were asked for it before, for the task to tell. Default: none. */
	readonly failedProviders?: readonly FailedProvider[];
}

/** How a request for images is sent: its images are uploaded first. */
export function imageSubmission({
	key,
	costUsd,
	request,
	images,
	loraPreset,
	failedProviders = [],
}: ImageSubmission): Submission {
	return {
		key,
		costUsd,
		async prepare(client, limits) {
			const sent = await withSourceImages(client, request, images, limits);
			return async () => await submitTask(client, sent, limits);
		},
		notes: {
			...(loraPreset !== undefined && { loraPreset }),
			...(failedProviders.length > 0 && { failedProviders }),
		},
	};
}
