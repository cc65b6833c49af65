/** One LoRA: where its weights are (Hugging Face `owner/repo` or URL) and how strongly they count. */
export interface Lora {
	readonly path: string;
	readonly scale: number;
	/** The words that it was trained on, which a prompt must contain for the LoRA to work; undefined if there are none. */
	readonly trigger?: string;
	/** Its file in the repository that the path names, where that is known: some providers load nothing but files. */
	readonly file?: string;
}

/** What to do with the prompt and, except for `textToImage`, the user's source image. */
export type Operation =
	'controlNet' | 'imageToImage' | 'inpaint' | 'seamlessTiling' | 'textToImage';

/** Z-Image Turbo or Z-Image Base. */
export type Model = 'base' | 'turbo';

/** The servers with OpenAI's API for images, each with its own fields. `standard` is any other one. */
export type ServerKind = 'localAi' | 'sdServer' | 'sglang' | 'standard' | 'vllmOmni';

/** The options that only some endpoints have. The names are those of the parameters in the editor. */
export type ProviderOption =
	| 'acceleration'
	| 'controlEnd'
	| 'controlScale'
	| 'controlStart'
	| 'diffusionModel'
	| 'enablePromptExpansion'
	| 'enableSafetyChecker'
	| 'guidanceScale'
	| 'modelName'
	| 'negativePrompt'
	| 'outputFormat'
	| 'outputQuality'
	| 'preprocess'
	| 'steps'
	| 'strength'
	| 'textEncoder'
	| 'tileSize'
	| 'tileStride'
	| 'tilingMode'
	| 'vae'
	| 'workflow';

/** What one submit asks for, checked against the provider's limits. Sizes are in pixels. */
export interface ImageRequest {
	readonly operation: Operation;
	readonly model: Model;
	/** The endpoint's operation. */
	readonly server?: ServerKind;
	readonly prompt: string;
	/** `null` if the provider determines it and it isn't known here. */
	readonly width: number | null;
	readonly height: number | null;
	/** The provider determines the size: the size of the source image, or 1024 x 1024 if there isn't one. */
	readonly automaticSize?: true;
	/** URL of the source image, or a `data:` URI. */
	readonly image?: string;
	/** URL of the mask, or a `data:` URI: white is repainted. */
	readonly mask?: string;
	/** Images in this one task. More than 1 only if the provider has a field for it. */
	readonly numberOfImages: number;
	readonly loras: readonly Lora[];
	/** Default: the provider takes a random one. */
	readonly seed?: number;
	/** What the provider calls when the task has ended; only of one that calls back. It may hold a secret. */
	readonly callbackUrl?: string;
	readonly options: Readonly<Partial<Record<ProviderOption, boolean | number | string>>>;
	/**
	 * From 0 (inclusive) to 1, different for each submit: it distinguishes two requests with the same fields.
	 */
	readonly random?: number;
}

/**
 * What an error is about, as far as that decides what a person or a workflow can do. Workflows have these names in their
 * conditions (`errorKind`), so none is renamed.
 */
export type ErrorKind =
	| 'balance'
	| 'budget'
	| 'canceled'
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

/** Whether something is charged; `maybe` means that only the provider knows. Workflows use these names in their conditions. */
export type Charged = 'maybe' | 'no' | 'yes';

/** Words in a provider's errors, and what they are about. The first matching pattern is used. */
export type ErrorPatterns = ReadonlyArray<readonly [RegExp, ErrorKind]>;

/** A field of a form, or a file in it. */
export type FormPart =
	| { readonly name: string; readonly value: string }
	| {
			readonly name: string;
			readonly fileName: string;
			readonly contentType: string;
			readonly bytes: Uint8Array;
	  };

/** One HTTP request of a provider's API. It has a path and never a host: the host is the credential's. */
export interface HttpCall {
	readonly method: 'DELETE' | 'GET' | 'POST' | 'PUT';
	readonly path: string;
	readonly query?: Readonly<Record<string, string>>;
	readonly headers?: Readonly<Record<string, string>>;
	/** Any value of JSON. */
	readonly body?: unknown;
	/** The parts of a `multipart/form-data` body, instead of one in JSON. */
	readonly form?: readonly FormPart[];
	/** The answer may hold images themselves, and so be large. */
	readonly holdsImages?: true;
	/** The call goes to the credential's storage, or to the provider's platform API, instead of its base URL. */
	readonly service?: 'platform' | 'storage';
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
	/** The beginning of the body as it came, without secrets, for an error that has to show it. */
	readonly text?: string;
}

/**
 * Where a finished image's bytes are: at a URL, which is fetched without the credential; in the response
 * itself, as a `data:` URI; or behind a call to the credential's own host, which is sent with it.
 */
export type ImageSource =
	{ readonly url: string } | { readonly inline: string } | { readonly call: HttpCall };

/** One finished image as a provider names it. What the provider doesn't return is `null`. */
export type ImageReference = ImageSource & ImageFacts;

export interface ImageFacts {
	readonly width: number | null;
	readonly height: number | null;
	readonly nsfw: boolean | null;
	/** Seconds from now until the URL stops working. */
	readonly expiresInSeconds: number | null;
}

/** It is known under the ID that its submit returned. */
export interface PendingTask {
	readonly status: 'pending';
	/** It hasn't started yet. */
	readonly queued: boolean;
	/** How many steps of a training are done, if the provider reports it. */
	readonly stepsDone?: number;
}

/** The provider has ended the task. Its result (images or error) needs another call (`result`). */
export interface EndedTask {
	readonly status: 'ended';
	/** The error that the provider already named beside the status. */
	readonly error?: string;
}

/** What a training produced. What the provider doesn't return is `null`. */
export interface TrainedLora {
	/** Where its weights are. */
	readonly url: string;
	/** Where the trainer's own notes on it are. */
	readonly configUrl: string | null;
	/** Seconds from now until the weights are removed. */
	readonly expiresInSeconds: number | null;
}

export interface SucceededTask {
	readonly status: 'succeeded';
	/** None of a training. */
	readonly images: readonly ImageReference[];
	/** Only of a training. */
	readonly lora?: TrainedLora;
	readonly seed: number | null;
	/** The prompt that was really used, if the provider reports it. */
	readonly prompt: string | null;
	/** What the task has cost in US dollars, if the provider reports it. */
	readonly costUsd?: number;
}

export interface FailedTask {
	readonly status: 'failed';
	/** In the provider's own words. */
	readonly reason: string;
	/** Default: depends on the words of the reason. */
	readonly kind?: ErrorKind;
	/** Whether the provider charges for it. Undefined if its documentation doesn't say. */
	readonly charged?: Charged;
	/** The response says that it was a training, which its ID alone doesn't. */
	readonly isTraining?: true;
}

/** A status that isn't in the provider's documentation. It becomes an error that names it. */
export interface UnknownTask {
	readonly status: 'unknown';
	readonly value: string;
}

/** What a response can say about a task without a further call. */
export type SettledState = PendingTask | SucceededTask | FailedTask | UnknownTask;

/** That needs another call. */
export interface Ask<T> {
	readonly status: 'ask';
	readonly call: HttpCall;
	/** Reads the answer to the call, whatever its status code. */
	readonly parse: (answer: HttpAnswer) => Ask<T> | T;
}

export type TaskState = Ask<TaskState> | EndedTask | SettledState;

/** What the response to a submit says. */
export interface Submitted {
	/** `null` of a synchronous provider, which names no task. */
	readonly taskId: string | null;
	readonly state: SettledState;
}

export interface Range {
	readonly min: number;
	readonly max: number;
	/** Default: any number between them. */
	readonly multipleOf?: number;
}

/** The limits that a provider documents. They are checked before anything is sent and charged. */
export interface Limits {
	/** Width and height in pixels. */
	readonly side: Range;
	/** The most pixels of one image, width times height. Default: the sides alone count. */
	readonly maxPixels?: number;
	readonly promptLength?: number;
	readonly seed: Range;
	/** The most images that one task can make. */
	readonly imagesPerTask: number;
}

/** How many LoRAs an endpoint accepts, and the range of their scales. */
export interface LoraLimits {
	/** 0: it accepts none. */
	readonly max: number;
	readonly scale: Range;
	/**
	 * The kind of path that is accepted: the link of a file, or the name of a file in the server's own list.
	 * Default: a repository on Hugging Face, or the link of a file.
	 */
	readonly paths?: 'fileUrl' | 'serverName';
}

/** US dollars, from the provider's documentation on the given date. */
export interface Price {
	/** What is charged per unit: images, or their megapixels. */
	readonly per: 'image' | 'megapixel' | 'startedMegapixel';
	/** `null` if the documentation has none. */
	readonly plain: number | null;
	readonly withLoras: number | null;
	/** For each request that asks for it. */
	readonly promptExpansion?: number;
}

/** One of a provider's operations with one of its models. */
export interface Endpoint {
	readonly operation: Operation;
	readonly model: Model;
	/** Only for a provider with several kinds of servers: the one that the user chose. */
	readonly server?: ServerKind;
	/** The supported options, with the bounds of those that are numbers. */
	readonly options: Readonly<Partial<Record<ProviderOption, Range | true>>>;
	/** The values of an option that is a choice, if not all of them are supported. */
	readonly choices?: Readonly<Partial<Record<ProviderOption, readonly string[]>>>;
	/** The documented defaults of the options. */
	readonly defaults?: Readonly<Partial<Record<ProviderOption, boolean | number | string>>>;
	/** The source images that it uses. */
	readonly image?: 'optional' | 'required';
	readonly mask?: 'optional' | 'required';
	/** It can use the size of the source image without having it in the request. */
	readonly measuresSource?: true;
	/** The image always has the size of the source image: the endpoint has no field for the size. */
	readonly keepsSize?: true;
	/** The seed is always a random one: the endpoint has no field for it. */
	readonly noSeed?: true;
	readonly limits: Limits;
	readonly loras: LoraLimits;
	/** Undefined if none is documented. */
	readonly price?: Price;
}

/** What a provider may have to know about a file before it is uploaded. */
export interface UploadFile {
	readonly contentType: string;
	readonly fileName: string;
	/** Its size. */
	readonly bytes: number;
	/** How long the provider should keep it, if it can be set. Default: the provider's own lifetime. */
	readonly lifetimeSeconds?: number;
}

/** The response to a request for an upload location. */
export interface UploadPlace {
	/** Where to PUT the bytes, without the key. */
	readonly uploadUrl: string;
	/** What must be sent along, besides the file's type and size. */
	readonly headers?: Readonly<Record<string, string>>;
	/** How a request refers to the file then. */
	readonly fileUrl: string;
}

/**
 * How a large file is uploaded: in parts, one after another, which are joined at the end. All without the key.
 */
export interface PartedUpload {
	/** Larger files are uploaded in parts. */
	readonly aboveBytes: number;
	/** The size of each part except the last. */
	readonly partBytes: number;
	/** Requests an upload location; the response is parsed as for a whole file. */
	readonly initiate: (file: UploadFile) => HttpCall;
	/** The URL to PUT a part to; parts are counted from 1. */
	readonly partUrl: (uploadUrl: string, number: number) => string;
	/** @returns the entry of this part in the list of parts */
	readonly parsePart: (answer: HttpAnswer, number: number) => unknown;
	/** The URL to POST the list of parts to, after the last one. */
	readonly completeUrl: (uploadUrl: string) => string;
	/** The list of parts, as a JSON value. */
	readonly completeBody: (parts: readonly unknown[]) => unknown;
}

/** An upload in two steps: request an upload location, then fill it. */
export interface PlacedUpload {
	readonly initiate: (file: UploadFile) => HttpCall;
	readonly parseInitiate: (answer: HttpAnswer) => UploadPlace;
	/** Default: files of any size are sent in one request. */
	readonly parts?: PartedUpload;
}

/** An upload in one step, with the key. */
export interface FormUpload {
	readonly upload: (file: UploadFile, bytes: Uint8Array) => HttpCall;
	/** @returns how a request refers to the file */
	readonly parseUpload: (answer: HttpAnswer) => string;
}

/** How a provider receives files if its requests contain URLs. */
export interface FileInput {
	readonly maxBytes: number;
	/** Files up to this size are sent inline, as a `data:` URI. */
	readonly maxInlineBytes: number;
	/** The provider documents only URLs. That it accepts `data:` URIs is a guess. */
	readonly isGuess?: true;
	/** Whether a request can't contain an image URL. */
	readonly noUrls?: true;
	/** For larger files. Undefined if the provider has no storage. */
	readonly upload?: FormUpload | PlacedUpload;
	/** The largest LoRA file that its models load from its storage. Default: they don't load LoRAs from there. */
	readonly maxLoraBytes?: number;
}

/** What a provider sends to a callback URL. */
export interface WebhookDelivery {
	/** By their lower-case names. */
	readonly headers: Readonly<Record<string, string>>;
	/** As received, because the signature covers the bytes. */
	readonly body: Uint8Array;
}

/** What a delivery says, once its signature is verified. */
export interface Report {
	readonly taskId: string;
	/** The task has finished. */
	readonly isOver: boolean;
}

/** How a provider reports the end of a task in a signed webhook. */
export interface ProviderWebhook {
	/** Requests the keys for checking signatures. */
	readonly keys: HttpCall;
	/** @returns one or more, in the provider's own form */
	readonly parseKeys: (answer: HttpAnswer) => readonly string[];
	/**
	 * Whose keys they are. Those of the credential's account sign for no other account. With its own keys, a
	 * provider signs for all of its customers, for any URL.
	 */
	readonly keysOf: 'account' | 'provider';
	/**
	 * Who the delivery is for, according to its signature. Only for a provider that signs with its own keys.
	 */
	readonly account?: (delivery: WebhookDelivery) => string | undefined;
	/**
	 * When it was signed, according to itself.
	 * @returns milliseconds since 1970; `undefined` if it can't be read
	 */
	readonly signedAt: (delivery: WebhookDelivery) => number | undefined;
	/** Whether one of the keys has signed it, body and time included; compared in constant time. */
	readonly isSigned: (delivery: WebhookDelivery, keys: readonly string[]) => boolean;
	readonly parse: (body: unknown) => Report;
}

/** What the editor can list from the user's own server. */
export type ServerListName = 'diffusionModels' | 'loras' | 'models' | 'textEncoders' | 'vaes';

/** Names from the user's own server, for a list in the editor. */
export interface ServerList {
	readonly call: HttpCall;
	readonly parse: (answer: HttpAnswer) => readonly string[];
}

/** What a training must learn from its images, if the trainer can be told. */
export type TrainingType = 'balanced' | 'content' | 'style';

/** One of a provider's trainers. */
export interface Trainer {
	/** Value of the `trainer` parameter in saved workflows. */
	readonly id: string;
	readonly displayName: string;
	/** The provider's name for it, which is the `model` of its tasks. */
	readonly endpoint: string;
	/** The model that its LoRAs are for. They work with no other one. */
	readonly model: Model;
	readonly steps: Range;
	/** The provider's default. */
	readonly defaultLearningRate: number;
	/** Undefined if it can't be told what to learn. The first one is the provider's default. */
	readonly types?: readonly TrainingType[];
	/** With fewer images than this, the provider's documentation doesn't expect a good LoRA. */
	readonly advisedImages: number;
	readonly price: TrainingPrice;
}

/** US dollars, from the provider's documentation on the given date. */
export interface TrainingPrice {
	readonly perThousandSteps: number;
	/** A training with fewer steps costs as much as one with this many. */
	readonly leastSteps: number;
}

/** What one training asks for, checked against the trainer's limits. */
export interface TrainingRequest {
	readonly trainer: Trainer;
	/** URL of a zip with images and, for their captions, text files with the same names. */
	readonly archiveUrl: string;
	readonly triggerWord: string;
	/** The caption of images without a text file. It contains the trigger word. */
	readonly defaultCaption: string;
	readonly steps: number;
	/** Default: the provider's. */
	readonly learningRate?: number;
	/** Default: the provider's. */
	readonly type?: TrainingType;
	/** The URL that the provider calls when the training has ended. It may contain a secret. */
	readonly callbackUrl?: string;
}

/** How a provider trains LoRAs. */
export interface ProviderTraining {
	/** The first one is the default. */
	readonly trainers: readonly [Trainer, ...Trainer[]];
	/** The largest zip. */
	readonly maxArchiveBytes: number;
	/** Its trainers accept a caption for images without a text file. */
	readonly hasDefaultCaption?: true;
	readonly submit: (request: TrainingRequest) => SubmitCall;
	readonly parseSubmit: (answer: HttpAnswer) => Submitted;
	/** The calls about a training that was accepted earlier, if they differ from those about images. */
	readonly tasks: (trainer: Trainer) => ProviderTasks;
}

/**
 * One provider: pure functions from a request to an HTTP call and from a response to a task's state. No `this`,
 * no await, no HTTP inside. The `parse` functions throw zod's error for an unexpected body.
 */
export interface Provider {
	/** Value of the `provider` parameter in saved workflows. */
	readonly id: string;
	readonly displayName: string;
	readonly credentialType: string;
	/** Whether it's the user's own server: its credential may have no key, or the key of a proxy in front of it. */
	readonly isOwnServer?: true;
	/** The most that is known about whether it charges. Default: it does. */
	readonly charges?: 'maybe' | 'no';
	/** The lists that the editor can get from the server. */
	readonly lists?: Readonly<Partial<Record<ServerListName, ServerList>>>;
	/** The credential's default base URL. */
	readonly defaultBaseUrl: string;
	/** The start of all of its paths. People paste it with the base URL, from which it must be removed. */
	readonly version?: `/${string}`;
	/** The credential's default storage URL. Only for a provider with uploads. */
	readonly defaultStorageUrl?: string;
	/** Where the calls of its platform API go with its own base URL; with any other one, they go there. */
	readonly defaultPlatformUrl?: string;
	readonly endpoints: readonly Endpoint[];
	/** Only for a provider with endpoints that accept source images. */
	readonly files?: FileInput;
	/**
	 * The seed of a request without one, if the provider doesn't choose a random one.
	 * @param random from 0 (inclusive) to 1
	 * @returns `undefined` if the provider may refuse one
	 */
	readonly drawSeed?: (random: number, request: ImageRequest) => number | undefined;
	/** What is wrong with a request besides its limits, starting with the field. `undefined` if nothing is. */
	readonly faultOf?: (request: ImageRequest) => string | undefined;
	/** The URLs that it calls when a task has ended, according to its documentation. Default: it calls none. */
	readonly callsBack?: 'http' | 'https';
	readonly submit: (request: ImageRequest) => SubmitCall;
	readonly parseSubmit: (answer: HttpAnswer) => Submitted;
	/**
	 * Whether a response to a submit proves that nothing was accepted, whatever its status: one of the
	 * provider's own documented refusals. A gateway in front of it, or an error in the middle of its work,
	 * proves nothing.
	 */
	readonly isRefusal: (answer: HttpAnswer) => boolean;
	/** What a refusal of a submit means and what to do, if the provider's own words don't say it. */
	readonly explainRefusal?: (answer: HttpAnswer) => string | undefined;
	/** Undefined for a synchronous provider, whose response to the submit is the image. */
	readonly tasks?: ProviderTasks;
	/** Only for a provider that trains LoRAs. */
	readonly training?: ProviderTraining;
	/** Only for a provider with signed callbacks. */
	readonly webhook?: ProviderWebhook;
	/** The provider's own words in the body of an error response, or `undefined` if there are none. */
	readonly errorText: (body: unknown) => string | undefined;
	/** What the provider's own words in an error are about. */
	readonly errorPatterns: ErrorPatterns;
}

/** The calls about a task that was accepted earlier. */
export interface ProviderTasks {
	readonly status: (taskId: string) => HttpCall;
	readonly parseStatus: (answer: HttpAnswer, taskId: string) => TaskState;
	/**
	 * Only where the provider reports the changes of a task as server-sent events: each is what the status call would be
	 * answered with.
	 */
	readonly statusStream?: (taskId: string) => HttpCall;
	/** Whether an answer to the status call that is no success tells the state anyway. */
	readonly tellsState?: (answer: HttpAnswer) => boolean;
	/** Only if status and payload are two calls. */
	readonly result?: (taskId: string) => HttpCall;
	readonly parseResult?: (answer: HttpAnswer) => SettledState;
	/** Whether an error in response to the result call belongs to the task, not to the call. */
	readonly isTaskError?: (answer: HttpAnswer) => boolean;
	/** Whether that error is certainly what the task has ended with, so that the result call would only repeat it. */
	readonly isLastingError?: (answer: HttpAnswer) => boolean;
	/** The ID of the task that a response to the status call is about, if it names one. */
	readonly namedTask?: (answer: HttpAnswer) => string | undefined;
	readonly cancel?: (taskId: string) => HttpCall;
	/** Whether the response to a cancel confirms it: the task will never end, and isn't charged. */
	readonly parseCancel?: (answer: HttpAnswer, taskId: string) => Ask<boolean> | boolean;
	/** Only if the provider documents a list of tasks. */
	readonly list?: TaskList;
}

/** The query for a page of a list of tasks. */
export interface ListQuery {
	/** The list goes back to this time; in milliseconds since 1970. */
	readonly sinceMs: number;
	/** Default: the first page. */
	readonly cursor?: string;
}

/** A task in a list. What the list doesn't contain is `null`. */
export interface ListedTask {
	readonly taskId: string;
	readonly model: string | null;
	/** `unknown` if the list has an undocumented state, or none. */
	readonly status: 'failed' | 'pending' | 'succeeded' | 'unknown';
	/** Milliseconds since 1970. */
	readonly submittedAtMs: number | null;
	readonly prompt: string | null;
	readonly seed: number | null;
	readonly loras: readonly Lora[] | null;
	/** When its images are removed, in milliseconds since 1970. */
	readonly expiresAtMs: number | null;
}

/** A page of a list, without tasks that are known to use other models than Z-Image. */
export interface TaskPage {
	readonly tasks: readonly ListedTask[];
	/** The cursor of the next page. Undefined on the last one. */
	readonly next?: string;
}

/**
 * The account's recent tasks, page by page. A page may contain older tasks, too, and a task may be on two
 * pages.
 */
export interface TaskList {
	readonly call: (query: ListQuery) => HttpCall;
	readonly parse: (answer: HttpAnswer, query: ListQuery) => TaskPage;
}
