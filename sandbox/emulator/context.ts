import type { FaultCounter } from './faultCounter';
import type { ByteStore } from './inputs/byteStore';
import type { InputImage } from './inputs/inputImage';
import type { Picture } from './picture/picture';
import type { FileStore } from './files/fileStore';
import type { LinkedFile } from './files/linkedFile';
import type { UploadStore } from './files/uploadStore';
import type { HostName, SandboxKeys } from './hosts';
import type { ComfyUiOptions } from './providers/comfyui/options';
import type { SandboxRequest } from './requestLog';
import type { TrainingSet } from './training/trainingSet';
import type { Schedule } from './schedule';
import type { Webhooks } from './webhooks/webhooks';

/** When a task was accepted and worked on, in milliseconds since 1970. */
export interface TaskTimes {
	readonly provider: HostName;
	readonly id: string;
	readonly submittedAt: number;
	/** May be in the future. */
	readonly startedAt: number;
	/** May be in the future. `null` if a status request decides, and for a task that never ends. */
	readonly doneAt: number | null;
	/** What the provider read from the request's image URL. Null without one, or if it wasn't available. */
	readonly image: InputImage | null;
	/** The same for the mask. */
	readonly mask: InputImage | null;
}

/** A submit that a provider has accepted, and may charge for. */
export interface AcceptedSubmit {
	readonly prompt: string;
	/** The whole response, as intended. Undefined while a synchronous provider is still working on it. */
	readonly answer: unknown;
	/** Whether the response was sent without a fault, so that the client knows about it. */
	readonly isTold: boolean;
}

/** What all emulators of one sandbox share. */
export interface Context {
	/** The base of the links in responses, without a trailing slash. */
	readonly urls: Readonly<Record<HostName, string>>;
	readonly keys: SandboxKeys;
	readonly taskSeconds: number;
	readonly trainingSeconds: number;
	readonly comfyUi: ComfyUiOptions;
	readonly schedules: Record<HostName, Schedule>;
	/** One list of tasks per host. */
	readonly taskLists: (() => TaskTimes[])[];
	/** Makes a picture's file. */
	readonly imageFile: (picture: Picture) => Promise<LinkedFile>;
	readonly files: FileStore;
	readonly uploads: UploadStore;
	/** The bytes of the images that came with requests, by their SHA-256. */
	readonly inputBytes: ByteStore<{ readonly bytes: Buffer }>;
	readonly inputImages: InputImage[];
	readonly trainingSets: TrainingSet[];
	readonly faults: FaultCounter;
	readonly accepted: AcceptedSubmit[];
	/** Aborted when the sandbox closes, so that no timer outlives it. */
	readonly closing: AbortSignal;
	/** The URL by which this machine reaches what a link of the sandbox names. */
	localUrl(link: string): string;
	/** Records the fields of a request that its provider ignores: those that are sent but not read. */
	noteIgnored(provider: HostName, sent: unknown, read: unknown): void;
	readonly webhooks: Webhooks;
	/** How often the sandbox was reset. */
	readonly resets: number;
	/** Runs when the sandbox is reset. */
	onReset(forget: () => void): void;
	record(request: SandboxRequest): void;
}
