import { request } from 'undici';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/emulator/server';

export interface Reply<Body = unknown> {
	readonly status: number;
	readonly headers: Record<string, string | string[] | undefined>;
	readonly bytes: Buffer;
	/** Undefined if the body isn't JSON. */
	readonly json: Body;
}

export interface Call {
	readonly method?: 'DELETE' | 'GET' | 'POST' | 'PUT';
	readonly key?: string;
	readonly headers?: Record<string, string>;
	readonly body?: unknown;
	readonly signal?: AbortSignal;
}

/** Sends one HTTP request without following redirects. `key` is the whole Authorization header. */
export async function call<Body = unknown>(url: string, options: Call = {}): Promise<Reply<Body>> {
	const { key, body, headers = {} } = options;
	const reply = await request(url, {
		method: options.method ?? (body === undefined ? 'GET' : 'POST'),
		headers: {
			...(key === undefined ? {} : { authorization: key }),
			...(body === undefined ? {} : { 'content-type': 'application/json' }),
			...headers,
		},
		...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
		...(options.signal === undefined ? {} : { signal: options.signal }),
	});
	const bytes = Buffer.from(await reply.body.arrayBuffer());
	const json = parse(bytes.toString()) as Body;
	return { status: reply.statusCode, headers: reply.headers, bytes, json };
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return undefined;
	}
}

/** A sandbox for the tests of one file, which is reset after each test. */
export function useSandbox(options: SandboxOptions = { taskSeconds: 0 }): { current: Sandbox } {
	const holder = {} as { current: Sandbox };
	beforeAll(async () => {
		holder.current = await startSandbox(options);
	});
	afterEach(() => holder.current.reset());
	afterAll(() => holder.current.close());
	return holder;
}

export const authorization = (sandbox: Sandbox) => ({
	fal: `Key ${sandbox.keys.fal}`,
	novita: `Bearer ${sandbox.keys.novita}`,
	highway: `Bearer ${sandbox.keys.highway}`,
	aimlapi: `Bearer ${sandbox.keys.aimlapi}`,
	wavespeed: `Bearer ${sandbox.keys.wavespeed}`,
	replicate: `Bearer ${sandbox.keys.replicate}`,
	sdcpp: `Bearer ${sandbox.keys.sdcpp}`,
	openaiCompatible: `Bearer ${sandbox.keys.openaiCompatible}`,
	comfyui: `Bearer ${sandbox.keys.comfyui}`,
});
