import type { ProviderId } from '../../nodes/ZImage/providers/registry';
import { providers } from '../../nodes/ZImage/providers/registry';
import { baseUrlOf } from '../../sandbox/realN8n/credentials';
import type { Sandbox } from '../../sandbox/emulator/server';
import { startSandbox } from '../../sandbox/emulator/server';
import type { ExitCode, Surroundings } from './runLive';
import { runLive } from './runLive';

/** Unmistakable keys, so that the tests can find them in any output. */
export const canaries = {
	fal: 'canary-fal-id-7c1e:canary-fal-secret-93d2',
	wavespeed: 'wsk_canary-wavespeed-4d19',
	replicate: 'r8_canary-replicate-a07c',
	novita: 'sk_canary-novita-5f08',
	highway: 'sk_canary-highway-b61a',
	aimlapi: 'canary-aimlapi-e27745',
	comfyui: 'canary-comfyui-3e52c9',
	sdcpp: 'canary-sdcpp-08b4f1',
	openaiCompatible: 'canary-openai-compatible-5d17',
} as const satisfies Readonly<Record<ProviderId, string>>;

/** The environment variable that holds each provider's key. */
export const keyNames = Object.fromEntries(
	providers.map(({ id }) => [id, `Z_IMAGE_${id.toUpperCase()}_KEY`]),
) as Readonly<Record<ProviderId, string>>;

/** One sandbox for all tests of a file. It accepts the canaries as keys. */
export function useLiveSandbox(): () => Sandbox {
	let sandbox: Sandbox;
	beforeAll(async () => {
		sandbox = await startSandbox({ taskSeconds: 0.1, keys: canaries });
	});
	afterAll(async () => await sandbox.close());
	beforeEach(() => sandbox.reset());
	return () => sandbox;
}

/** Arguments that send a provider's requests to the sandbox. */
export function toSandbox({ urls }: Sandbox, ...ids: readonly ProviderId[]): string[] {
	return ids.flatMap((id) => ['--provider', id, '--base-url', `${id}=${baseUrlOf(id, urls)}`]);
}

export interface LiveRun {
	readonly exitCode: ExitCode;
	readonly output: string;
	readonly lastLine: string;
	readonly environment: Record<string, string | undefined>;
}

/** Runs the live check in this process and returns its output as text. */
export async function check(
	args: readonly string[],
	keys: Readonly<Partial<Record<string, string>>>,
	ask?: Surroundings['ask'],
): Promise<LiveRun> {
	const said: string[] = [];
	const environment = { ...keys };
	const exitCode = await runLive(args, {
		environment,
		say: (text) => said.push(text),
		...(ask && { ask }),
	});
	return { exitCode, output: said.join('\n'), lastLine: said.at(-1) ?? '', environment };
}

/** Whether a text contains any part of a key, in any of the usual encodings. */
export function holdsKey(text: string): boolean {
	return Object.values(canaries)
		.flatMap((key) => [key, ...key.split(':')])
		.flatMap((part) => [part, encodeURIComponent(part), Buffer.from(part).toString('base64')])
		.some((form) => text.includes(form));
}
