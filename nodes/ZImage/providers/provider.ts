import type { IDataObject } from 'n8n-workflow';

/** One LoRA: where its weights are (Hugging Face `owner/repo` or URL) and how strongly they count. */
export interface Lora {
	readonly path: string;
	readonly scale: number;
}

/** What is made of the prompt and, but for `textToImage`, a picture of the user's. */
export type Operation =
	'controlNet' | 'imageToImage' | 'inpaint' | 'seamlessTiling' | 'textToImage';

/** Z-Image Turbo or Z-Image Base. */
export type Model = 'base' | 'turbo';

/** The options that only some endpoints have. The names are those of the parameters in the editor. */
export type ProviderOption =
	| 'acceleration'
	| 'controlEnd'
	| 'controlScale'
	| 'controlStart'
	| 'enablePromptExpansion'
	| 'enableSafetyChecker'
	| 'guidanceScale'
	| 'negativePrompt'
	| 'outputFormat'
	| 'preprocess'
	| 'steps'
	| 'strength'
	| 'tileSize'
	| 'tileStride'
	| 'tilingMode';

/** What one submit asks for, checked against the provider's limits. Sizes are in pixels. */
export interface ImageRequest {
	readonly operation: Operation;
	readonly model: Model;
	readonly prompt: string;
	/** `null` where the provider finds it out, and nobody here knows it. */
	readonly width: number | null;
	readonly height: number | null;
	/** The provider finds out the size: that of the source image, or 1024 x 1024 where there is none. */
	readonly automaticSize?: true;
	/** URL of the source image, or a `data:` URI. */
	readonly image?: string;
	/** URL of the mask, or a `data:` URI: white is repainted. */
	readonly mask?: string;
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
	/** The call goes to the credential's storage URL instead of its base URL. */
	readonly service?: 'storage';
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
	/** What the task has cost in US dollars, where the provider says it. */
	readonly costUsd?: number;
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
	/** Left out: any number between them. */
	readonly multipleOf?: number;
}

/** The limits that a provider documents; they are checked before anything is sent and paid. */
export interface Limits {
	/** Width and height in pixels. */
	readonly side: Range;
	readonly promptLength?: number;
	readonly seed: Range;
	/** The most images that one task can make. */
	readonly imagesPerTask: number;
}

/** One of a provider's operations with one of its models. */
export interface Endpoint {
	readonly operation: Operation;
	readonly model: Model;
	/** The options that it has, and between which bounds those that are numbers. */
	readonly options: Readonly<Partial<Record<ProviderOption, Range | true>>>;
	/** The pictures that it works on. */
	readonly image?: 'optional' | 'required';
	readonly mask?: 'optional' | 'required';
	/** It can be asked for the size of the source image without being told which that is. */
	readonly measuresSource?: true;
}

/** What comes of asking for a place to put a file. */
export interface UploadPlace {
	/** Where the bytes go to, without the key. */
	readonly uploadUrl: string;
	/** What a request calls the file then. */
	readonly fileUrl: string;
}

/** How a provider takes files, where its requests have URLs. */
export interface FileInput {
	readonly maxBytes: number;
	/** Files up to this size are sent inside of the request, as a `data:` URI. */
	readonly maxInlineBytes: number;
	/** The provider's documents have URLs only: that it takes `data:` URIs is a guess. */
	readonly isGuess?: true;
	/** For larger files; left out where the provider has no storage. */
	readonly upload?: {
		readonly initiate: (file: { contentType: string; fileName: string }) => HttpCall;
		readonly parseInitiate: (body: unknown) => UploadPlace;
	};
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
	/** The credential's storage URL when the user leaves it as it is; only of a provider with uploads. */
	readonly defaultStorageUrl?: string;
	readonly endpoints: readonly Endpoint[];
	readonly limits: Limits;
	/** Only of a provider with endpoints that take pictures. */
	readonly files?: FileInput;
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
