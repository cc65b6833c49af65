import type { Sandbox, SandboxOptions, SandboxRequest } from '../../sandbox/emulator/server';
import { startSandbox } from '../../sandbox/emulator/server';

/** Starts a sandbox for the tests of a file. Its tasks are done at once unless a prompt says otherwise. */
export function useSandbox(options: Pick<SandboxOptions, 'webhooks'> = {}): () => Sandbox {
	let sandbox: Sandbox;
	beforeAll(async () => {
		sandbox = await startSandbox({ ports: 'ephemeral', taskSeconds: 0, ...options });
	});
	beforeEach(() => sandbox.reset());
	afterAll(async () => await sandbox.close());
	return () => sandbox;
}

/** A LoRA that a provider has in the sandbox: a file. On the user's own server, one that the server lists. */
export function loraOf(provider: string): string {
	const listed: Readonly<Record<string, string>> = {
		comfyui: 'styles/watercolor_z_image.safetensors',
		sdcpp: 'styles/watercolor.safetensors',
	};
	return listed[provider] ?? 'https://huggingface.co/a/b/resolve/main/c.safetensors';
}

/** The paths for uploading files, or for requesting an upload URL. */
const uploadPaths: readonly string[] = [
	'/storage/upload/initiate',
	'/storage/upload/initiate-multipart',
	'/api/v3/media/uploads',
	'/v1/files',
	'/upload/image',
];

/** The submits among the requests that a sandbox has received. */
export function submitsOf(sandbox: Sandbox): SandboxRequest[] {
	return sandbox.requests.filter(
		({ provider, method, path }) =>
			method === 'POST' &&
			provider !== 'files' &&
			!uploadPaths.includes(path) &&
			!path.endsWith('/cancel'),
	);
}

/** The requests for uploading a file: for an upload URL, and with the bytes. */
export function uploadsOf(sandbox: Sandbox): SandboxRequest[] {
	return sandbox.requests.filter(
		({ provider, method, path }) =>
			uploadPaths.includes(path) || (provider === 'files' && method === 'PUT'),
	);
}
