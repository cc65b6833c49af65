import type { SandboxAccess } from '../../sandbox/realN8n/credentials';
import type { Session } from '../../sandbox/editor/browser';

/** What start.ts started, for the tests. */
export interface Started extends SandboxAccess {
	readonly url: string;
	/** The session of the only login, because n8n allows five in a minute. */
	readonly session: Session;
	readonly apiSession: string;
	readonly hubUrl: string;
	readonly browserUrl: string;
}

const VARIABLE = 'Z_IMAGE_UI';

export function announce(started: Started): void {
	process.env[VARIABLE] = JSON.stringify(started);
}

export function started(): Started {
	return JSON.parse(process.env[VARIABLE] ?? '') as Started;
}

/** Does stop.ts's work in the process of start.ts. */
export const stopping: { stop: () => Promise<void> } = ((
	globalThis as { zImageUi?: { stop: () => Promise<void> } }
).zImageUi ??= { stop: () => Promise.resolve() });
