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

/** A LoRA that a provider has in the sandbox: a file, and of a server of one's own one that it lists. */
export function loraOf(provider: string): string {
	const listed: Readonly<Record<string, string>> = {
		comfyui: 'styles/watercolor_z_image.safetensors',
		sdcpp: 'styles/watercolor.safetensors',
	};
	return listed[provider] ?? 'https://huggingface.co/a/b/resolve/main/c.safetensors';
}

/** Where files are uploaded to, or places for them asked for. */
const uploadPaths: readonly string[] = [
	'/storage/upload/initiate',
	'/storage/upload/initiate-multipart',
	'/api/v3/media/uploads',
	'/v1/files',
	'/upload/image',
];

/** The submits among the requests that a sandbox has seen. */
export function submitsOf(sandbox: Sandbox): SandboxRequest[] {
	return sandbox.requests.filter(
		({ provider, method, path }) =>
			method === 'POST' &&
			provider !== 'files' &&
			!uploadPaths.includes(path) &&
			!path.endsWith('/cancel'),
	);
}

/** The requests by which a file is uploaded: for a place, and with the bytes. */
export function uploadsOf(sandbox: Sandbox): SandboxRequest[] {
	return sandbox.requests.filter(
		({ provider, method, path }) =>
			uploadPaths.includes(path) || (provider === 'files' && method === 'PUT'),
	);
}
