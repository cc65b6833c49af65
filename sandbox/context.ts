import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import type { FaultCounter } from './faults';
import type { FileStore } from './providers/files';

export interface SandboxRequest {
	readonly provider: string;
	readonly method: string;
	readonly path: string;
	readonly query: Record<string, string>;
	readonly headers: Record<string, string | string[] | undefined>;
	readonly body: unknown;
	readonly at: number;
}

export const HOSTS = ['fal', 'falSync', 'novita', 'highway', 'aimlapi', 'files'] as const;
export type HostName = (typeof HOSTS)[number];

export interface SandboxKeys {
	readonly fal: string;
	readonly novita: string;
	readonly highway: string;
	readonly aimlapi: string;
}

/** What all emulators of one sandbox share. */
export interface Context {
	readonly urls: Record<HostName, string>;
	readonly keys: SandboxKeys;
	readonly taskSeconds: number;
	readonly files: FileStore;
	readonly faults: FaultCounter;
	/** Aborted when the sandbox closes, so that no timer outlives it. */
	readonly closing: AbortSignal;
	/** Runs when the sandbox is reset. */
	onReset(forget: () => void): void;
	record(request: SandboxRequest): void;
}

export const newId = (): string => randomUUID();

/** Providers draw a random seed themselves when none is given. */
export const randomSeed = (): number => randomInt(1, 2 ** 31 - 1);

/** A URL part that cannot be guessed, as in the links of the content networks. */
export const randomName = (bytes: number): string => randomBytes(bytes).toString('base64url');
export const randomHex = (bytes: number): string => randomBytes(bytes).toString('hex');
