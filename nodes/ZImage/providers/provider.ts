import type { IDataObject } from 'n8n-workflow';

/** One LoRA: where its weights are (Hugging Face `owner/repo` or URL) and how strongly they count. */
export interface Lora {
	readonly path: string;
	readonly scale: number;
}

/** The options that only some providers have. The names are those of the parameters in the editor. */
export type ProviderOption =
	'acceleration' | 'enablePromptExpansion' | 'enableSafetyChecker' | 'outputFormat' | 'steps';

/** What one submit asks for, checked against the provider's limits. Sizes are in pixels. */
export interface ImageRequest {
	readonly prompt: string;
	readonly width: number;
	readonly height: number;
	/** Images in this one task; more than 1 only where the provider has a field for it. */
	readonly numberOfImages: number;
	readonly loras: readonly Lora[];
	/** Left out: the provider takes a random one. */
	readonly seed?: number;
	readonly options: Readonly<Partial<Record<ProviderOption, boolean | number | string>>>;
}

/** What an error is about, as far as that decides what a person can do. */
export type ErrorKind =
	| 'balance'
	| 'input'
	| 'key'
	| 'lora'
	| 'moderation'
	| 'notFound'
	| 'other'
	| 'permission'
	| 'rateLimit'
	| 'redirect'
	| 'timeout'
	| 'unavailable';

/** Words of a provider's errors, and what they are about; the first pattern that fits counts. */
export type ErrorPatterns = ReadonlyArray<readonly [RegExp, ErrorKind]>;

/** One HTTP request of a provider's API. It has a path and never a host: the host is the credential's. */
export interface HttpCall {
	readonly method: 'GET' | 'POST' | 'PUT';
	readonly path: string;
	readonly query?: Readonly<Record<string, string>>;
	readonly body?: IDataObject;
	/** The answer may hold images themselves, and so be large. */
	readonly holdsImages?: true;
}

/** A submit and the name of the model that it asks for. */
export interface SubmitCall extends HttpCall {
	readonly model: string;
}

/** What came back, whatever the status code. `body` is `undefined` when it was not JSON. */
export interface HttpAnswer {
	readonly statusCode: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: unknown;
}

/** One finished image as a provider names it. What the provider does not tell is `null`. */
export interface ImageReference {
	/** `https:` URL, or a `data:` URI where the provider sent the bytes themselves. */
	readonly url: string;
	readonly width: number | null;
	readonly height: number | null;
	readonly nsfw: boolean | null;
	/** Seconds from now until the URL stops working. */
	readonly expiresInSeconds: number | null;
}

export interface PendingTask {
	readonly status: 'pending';
	readonly taskId: string;
	/** It has not begun yet. */
	readonly queued: boolean;
}

/** The provider has ended the task; its result (images or error) is a call of its own (`result`). */
export interface EndedTask {
	readonly status: 'ended';
	/** The error that the provider already named beside the status. */
	readonly error?: string;
}

export interface SucceededTask {
	readonly status: 'succeeded';
	readonly images: readonly ImageReference[];
	readonly seed: number | null;
	/** The prompt that was really used, where the provider says it. */
	readonly prompt: string | null;
}

export interface FailedTask {
	readonly status: 'failed';
	/** In the provider's own words. */
	readonly reason: string;
}

/** A status that the provider's documents do not have. It becomes an error that names it. */
export interface UnknownTask {
	readonly status: 'unknown';
	readonly value: string;
}

export type TaskState = PendingTask | EndedTask | SucceededTask | FailedTask | UnknownTask;

export interface Range {
	readonly min: number;
	readonly max: number;
}

/** The limits that a provider documents; they are checked before anything is sent and paid. */
export interface Limits {
	/** Width and height in pixels. */
	readonly side: Range & { readonly multipleOf?: number };
	readonly promptLength?: number;
	readonly seed: Range;
	/** The most images that one task can make. */
	readonly imagesPerTask: number;
	readonly steps?: Range;
}

/**
 * One provider: pure functions from a request to an HTTP call and from an answer to a task's state.
 * No `this`, no await, no HTTP inside. The `parse` functions throw zod's error on a body of another form.
 */
export interface Provider {
	/** Value of the `provider` parameter in saved workflows. */
	readonly id: string;
	readonly displayName: string;
	readonly credentialType: string;
	/** The credential's base URL when the user leaves it as it is. */
	readonly defaultBaseUrl: string;
	readonly supports: readonly ProviderOption[];
	readonly limits: Limits;
	readonly submit: (request: ImageRequest) => SubmitCall;
	readonly parseSubmit: (body: unknown) => TaskState;
	/** Left out by a synchronous provider, whose answer to the submit is the image. */
	readonly tasks?: ProviderTasks;
	/** The provider's own words in the body of an error answer, or `undefined` when there are none. */
	readonly errorText: (body: unknown) => string | undefined;
	/** What the provider's own words in an error are about. */
	readonly errorPatterns: ErrorPatterns;
}

/** The calls about a task that was accepted earlier. */
export interface ProviderTasks {
	readonly status: (taskId: string) => HttpCall;
	readonly parseStatus: (body: unknown, taskId: string) => TaskState;
	/** Only where status and payload are two calls. */
	readonly result?: (taskId: string) => HttpCall;
	readonly parseResult?: (answer: HttpAnswer, taskId: string) => TaskState;
	/** Whether an error in answer to the result call is that of the task, and not of the call. */
	readonly isTaskError?: (body: unknown) => boolean;
	readonly cancel?: (taskId: string) => HttpCall;
}
