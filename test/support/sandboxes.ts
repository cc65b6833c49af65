import type { Sandbox, SandboxRequest } from '../../sandbox/emulator/server';
import { startSandbox } from '../../sandbox/emulator/server';

/** Starts a sandbox for the tests of a file. Its tasks are done at once unless a prompt says otherwise. */
export function useSandbox(): () => Sandbox {
	let sandbox: Sandbox;
	beforeAll(async () => {
		sandbox = await startSandbox({ ports: 'ephemeral', taskSeconds: 0 });
	});
	beforeEach(() => sandbox.reset());
	afterAll(async () => await sandbox.close());
	return () => sandbox;
}

const initiatePath = '/storage/upload/initiate';

/** The submits among the requests that a sandbox has seen. */
export function submitsOf(sandbox: Sandbox): SandboxRequest[] {
	return sandbox.requests.filter(({ method, path }) => method === 'POST' && path !== initiatePath);
}

/** The requests by which a file is uploaded: for a place, and with the bytes. */
export function uploadsOf(sandbox: Sandbox): SandboxRequest[] {
	return sandbox.requests.filter(
		({ provider, method, path }) =>
			path === initiatePath || (provider === 'files' && method === 'PUT'),
	);
}
