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
	/** May lie ahead. */
	readonly startedAt: number;
	/** May lie ahead. `null` where a status request decides, and for a task that never ends. */
	readonly doneAt: number | null;
	/** What the provider read from the image URL of the request; null without one, or when it could not be had. */
	readonly image: InputImage | null;
	/** The same of the mask. */
	readonly mask: InputImage | null;
}

/** A submit that a provider has accepted, and may charge for. */
export interface AcceptedSubmit {
	readonly prompt: string;
	/** The whole answer, as it was meant; undefined while a synchronous provider still works on it. */
	readonly answer: unknown;
	/** Whether the answer was sent without a fault, so that the client knows of it. */
	readonly isTold: boolean;
}

/** What all emulators of one sandbox share. */
export interface Context {
	/** Where the links in answers lead; without a trailing slash. */
	readonly urls: Readonly<Record<HostName, string>>;
	readonly keys: SandboxKeys;
	readonly taskSeconds: number;
	readonly trainingSeconds: number;
	readonly comfyUi: ComfyUiOptions;
	readonly schedules: Record<HostName, Schedule>;
	/** Each lists the tasks of one host. */
	readonly taskLists: (() => TaskTimes[])[];
	/** Makes the file of a picture. */
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
	/** Notes the fields of a request that its provider ignores: those that are sent and not read. */
	noteIgnored(provider: HostName, sent: unknown, read: unknown): void;
	readonly webhooks: Webhooks;
	/** How often the sandbox was reset. */
	readonly resets: number;
	/** Runs when the sandbox is reset. */
	onReset(forget: () => void): void;
	record(request: SandboxRequest): void;
}
