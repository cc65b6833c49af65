import type { Login } from '../../sandbox/realN8n/editorApi';
import type { SandboxAccess } from '../../sandbox/realN8n/credentials';

/** What start.ts has started, for the tests. */
export interface Started extends SandboxAccess {
	readonly url: string;
	readonly login: Login;
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

/** What stop.ts does, in the process of start.ts. */
export const stopping: { stop: () => Promise<void> } = ((
	globalThis as { zImageUi?: { stop: () => Promise<void> } }
).zImageUi ??= { stop: () => Promise.resolve() });
