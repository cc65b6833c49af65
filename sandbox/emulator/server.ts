import type { FastifyInstance } from 'fastify';
import type { AcceptedSubmit, Context, TaskTimes } from './context';
import { FaultCounter } from './faultCounter';
import {
	DEFAULT_KEYS,
	FIXED_PORTS,
	HOSTS,
	type HostName,
	capacityOf,
	type SandboxKeys,
	valuesFor,
} from './hosts';
import { createHubHost } from './hub/host';
import { drawnFile, preparedFile } from './imageFiles';
import { ByteStore } from './inputs/byteStore';
import type { InputImage } from './inputs/inputImage';
import { createAimlapiHost } from './providers/aimlapi/host';
import { createComfyUiHost } from './providers/comfyui/host';
import type { ComfyUiOptions } from './providers/comfyui/options';
import { createFalQueueHost, createFalSyncHost } from './providers/fal/hosts';
import { createReplicateHost } from './providers/replicate/host';
import { createOpenAiCompatibleHost } from './providers/openaiCompatible/host';
import { createSdcppHost } from './providers/sdcpp/host';
import { createFilesHost } from './files/host';
import { FileStore } from './files/fileStore';
import { UploadStore } from './files/uploadStore';
import { createV3AsyncHost } from './providers/v3Async/host';
import { HIGHWAY } from './providers/highway/brand';
import { NOVITA } from './providers/novita/brand';
import { createWaveSpeedHost } from './providers/wavespeed/host';
import { ignoredFields, type IgnoredFields } from './ignoredFields';
import { RequestLog, type SandboxRequest } from './requestLog';
import { Schedule } from './schedule';
import type { TrainingSet } from './training/trainingSet';
import { Webhooks, type WebhookDelivery, type WebhookOptions } from './webhooks/webhooks';

export type { AcceptedSubmit, TaskTimes } from './context';
export type { InputImage } from './inputs/inputImage';
export type { SandboxRequest } from './requestLog';
export type { TrainingSet } from './training/trainingSet';
export type { WebhookDelivery } from './webhooks/webhooks';

export interface Sandbox {
	/** Base URLs on this machine, without a trailing slash. `fal` is the queue, the platform API and the storage. */
	readonly urls: Record<HostName, string>;
	readonly keys: SandboxKeys;
	/** Every request on any port, in order. */
	readonly requests: readonly SandboxRequest[];
	requestsTo(provider: string): SandboxRequest[];
	/** Every task that was returned, host by host, in order. A synchronous call returns none. */
	readonly tasks: readonly TaskTimes[];
	/** Every accepted submit, in order. */
	readonly accepted: readonly AcceptedSubmit[];
	/** Every image in a request, by URL or as a data URI, in the order in which the providers read them. */
	readonly inputImages: readonly InputImage[];
	/** What was read from each training's zip, in the order in which the trainers read them. */
	readonly trainingSets: readonly TrainingSet[];
	/** The fields that a provider ignored, for each request with any, in order. */
	readonly ignoredFields: readonly IgnoredFields[];
	/** Every call to a webhook, in order. */
	readonly webhooks: readonly WebhookDelivery[];
	/** Turns off all faults until a reset, whatever the prompts say. */
	liftFaults(): void;
	/** Forgets requests, tasks and files. */
	reset(): void;
	close(): Promise<void>;
}

export interface SandboxOptions {
	readonly ports?: 'ephemeral' | 'fixed';
	readonly keys?: Partial<SandboxKeys>;
	/** How long a task takes unless its prompt says otherwise. */
	readonly taskSeconds?: number;
	/** The same for a training. Default: four times as long. */
	readonly trainingSeconds?: number;
	/** How many tasks each host works on at once. The others stay queued, in the order of their submits. */
	readonly capacity?: number;
	/** The most tasks per host. A submit beyond that is refused (429) in the provider's own words. */
	readonly refuseAbove?: number;
	/**
	 * Where the links in responses lead: to the providers' own names, for clients that are redirected to the
	 * ports.
	 */
	readonly publicUrls?: Partial<Record<HostName, string>>;
	/** Where webhooks are delivered. Default: nowhere. */
	readonly webhooks?: WebhookOptions;
	/** Returns the same prepared PNG of this size for every image, instead of drawing. */
	readonly files?: { readonly bytes: number };
	/** The version of ComfyUI, and what is installed there. */
	readonly comfyUi?: ComfyUiOptions;
}

const MOST_INPUT_BYTES = 256 * 1024 * 1024;

const CREATE: Record<HostName, (context: Context) => FastifyInstance> = {
	fal: createFalQueueHost,
	falSync: createFalSyncHost,
	novita: (context) => createV3AsyncHost(NOVITA, context),
	highway: (context) => createV3AsyncHost(HIGHWAY, context),
	aimlapi: createAimlapiHost,
	sdcpp: createSdcppHost,
	openaiCompatible: createOpenAiCompatibleHost,
	comfyui: createComfyUiHost,
	files: createFilesHost,
	hub: createHubHost,
	wavespeed: createWaveSpeedHost,
	replicate: createReplicateHost,
};

/** Starts every provider's host on its own loopback port. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const { ports = 'ephemeral', taskSeconds = 2, capacity = Infinity, refuseAbove } = options;
	const { trainingSeconds = 4 * taskSeconds } = options;
	const keys = { ...DEFAULT_KEYS, ...options.keys };
	const urls = valuesFor(HOSTS, () => '');
	const log = new RequestLog();
	const { requests } = log;
	const forgetters: (() => void)[] = [];
	let resets = 0;
	const schedules = valuesFor(
		HOSTS,
		(host) => new Schedule(Math.min(capacityOf(host), capacity), refuseAbove),
	);
	const closing = new AbortController();
	const links = (): Record<HostName, string> => ({ ...urls, ...options.publicUrls });
	const files = new FileStore(() => links().files);
	const uploads = new UploadStore(() => links().files);
	const inputBytes = new ByteStore<{ bytes: Buffer }>(MOST_INPUT_BYTES);
	const inputImages: InputImage[] = [];
	const trainingSets: TrainingSet[] = [];
	const faults = new FaultCounter();
	const accepted: AcceptedSubmit[] = [];
	const ignored: IgnoredFields[] = [];
	const webhooks = new Webhooks(options.webhooks ?? {}, closing.signal);
	const context: Context = {
		get urls() {
			return links();
		},
		get resets() {
			return resets;
		},
		keys,
		taskSeconds,
		trainingSeconds,
		comfyUi: options.comfyUi ?? {},
		schedules,
		taskLists: [],
		imageFile: options.files
			? preparedFile(options.files.bytes)
			: drawnFile((sha256) => inputBytes.get(sha256)?.bytes),
		files,
		uploads,
		inputBytes,
		inputImages,
		trainingSets,
		faults,
		accepted,
		localUrl: (link) => {
			const host = HOSTS.find((name) => link.startsWith(`${links()[name]}/`));
			return host === undefined ? link : `${urls[host]}${link.slice(links()[host].length)}`;
		},
		noteIgnored: (provider, sent, read) => {
			const fields = ignoredFields(sent, read);
			if (fields.length > 0) ignored.push({ provider, fields });
		},
		webhooks,
		closing: closing.signal,
		onReset: (forget) => void forgetters.push(forget),
		record: (request) => log.add(request),
	};
	const hosts = HOSTS.map((name) => ({ name, host: CREATE[name](context) }));
	const close = async (): Promise<void> => {
		closing.abort();
		await Promise.all(hosts.map(({ host }) => host.close()));
	};
	try {
		for (const { name, host } of hosts) {
			urls[name] = await listen(host, name, ports === 'fixed' ? FIXED_PORTS[name] : 0);
		}
	} catch (error) {
		await close();
		throw error;
	}
	return {
		urls,
		keys,
		requests,
		get tasks() {
			return context.taskLists.flatMap((list) => list());
		},
		requestsTo: (provider) => requests.filter((request) => request.provider === provider),
		accepted,
		inputImages,
		trainingSets,
		ignoredFields: ignored,
		webhooks: webhooks.deliveries,
		liftFaults: () => faults.lift(),
		reset: () => {
			resets += 1;
			log.clear();
			accepted.length = 0;
			inputImages.length = 0;
			trainingSets.length = 0;
			ignored.length = 0;
			webhooks.reset();
			files.clear();
			uploads.clear();
			inputBytes.clear();
			faults.clear();
			for (const schedule of Object.values(schedules)) schedule.clear();
			for (const forget of forgetters) forget();
		},
		close,
	};
}

async function listen(host: FastifyInstance, name: HostName, port: number): Promise<string> {
	try {
		return await host.listen({ host: '127.0.0.1', port });
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
		throw new Error(
			`Port ${port} for ${name} is in use. Is another sandbox running? Stop it, then start again.`,
			{ cause: error },
		);
	}
}
