import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startProcess } from './childProcess';
import { type N8nHome, n8nCommand } from './commands';
import { OWN_CONNECTION } from './ownConnection';
import { freePort } from './ports';

const READY_WITHIN_MS = 180_000;
const LOOK_EVERY_MS = 250;

/** The roles that n8n can be started in, and the paths that answer with JSON once it is ready. */
const READY_PATHS = {
	start: ['/healthz/readiness', '/rest/settings'],
	webhook: ['/healthz/readiness'],
	worker: ['/healthz/readiness'],
} as const;

/** n8n with its editor or, in queue mode, a webhook processor or a worker. */
export type N8nRole = keyof typeof READY_PATHS;

/** A running n8n. */
export interface N8nServer {
	readonly pid: number | undefined;
	/** The editor's address. For a process without an editor, the address for webhooks or health checks. */
	readonly url: string;
	/** Resolves once n8n has ended, for any reason. */
	readonly ended: Promise<number | null>;
	readonly stop: () => Promise<void>;
	/** Ends n8n like `kill -9`. */
	readonly kill: () => Promise<void>;
	/** Asks n8n to end, like a container's host, and waits as long as n8n takes. */
	readonly terminate: () => Promise<void>;
	/** n8n's output while it runs. */
	readonly logFile: string;
}

async function isReady(url: string, role: N8nRole): Promise<boolean> {
	try {
		const answers = await Promise.all(
			READY_PATHS[role].map(async (path) => await fetch(url + path, { headers: OWN_CONNECTION })),
		);
		const types = answers.map((answer) => answer.headers.get('content-type') ?? '');
		// While it starts, n8n answers every path with a page that says so.
		return answers.every(({ ok }) => ok) && types.every((type) => type.includes('json'));
	} catch {
		return false;
	}
}

/** Starts n8n on the given loopback port, and waits until it is ready. */
export async function startServer(
	home: N8nHome,
	port: number,
	role: N8nRole = 'start',
): Promise<N8nServer> {
	const logFile = join(home.userFolder, 'n8n.log');
	const { pid, ended, stop, kill, terminate } = startProcess(...n8nCommand(home, role), {
		cwd: home.userFolder,
		env: {
			N8N_HOST: 'localhost',
			N8N_LISTEN_ADDRESS: '127.0.0.1',
			// The editor is served over plain HTTP, only to this machine.
			N8N_SECURE_COOKIE: 'false',
			...home.environment,
			...(role === 'worker'
				? { QUEUE_HEALTH_CHECK_PORT: String(port), N8N_WORKER_SERVER_ADDRESS: '127.0.0.1' }
				: { N8N_PORT: String(port) }),
			N8N_RUNNERS_BROKER_PORT: String(await freePort()),
		},
		logFile,
	});
	let exited = false;
	void ended.catch(() => undefined).then(() => (exited = true));
	const loopback = `http://127.0.0.1:${port}`;
	const deadline = Date.now() + READY_WITHIN_MS;
	while (!(await isReady(loopback, role))) {
		if (exited || Date.now() > deadline) {
			await stop();
			const log = await readFile(logFile, 'utf8').catch(() => '');
			throw new Error(`n8n did not start. The end of ${logFile}:\n${log.slice(-3000)}`);
		}
		await sleep(LOOK_EVERY_MS);
	}
	return { url: `http://localhost:${port}`, pid, ended, stop, kill, terminate, logFile };
}
