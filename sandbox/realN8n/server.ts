import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startProcess } from './childProcess';
import { type N8nHome, n8nCommand } from './commands';
import { freePort } from './ports';

const READY_WITHIN_MS = 180_000;
const LOOK_EVERY_MS = 250;

/** A running n8n with its editor. */
export interface N8nServer {
	/** Where the editor is. */
	readonly url: string;
	/** Resolves once n8n has ended, for whatever reason. */
	readonly ended: Promise<number | null>;
	readonly stop: () => Promise<void>;
	/** Ends n8n as `kill -9` does. */
	readonly kill: () => Promise<void>;
	/** What n8n writes while it runs. */
	readonly logFile: string;
}

async function isReady(url: string): Promise<boolean> {
	try {
		const answers = await Promise.all(
			['/healthz/readiness', '/rest/settings'].map(async (path) => await fetch(url + path)),
		);
		const types = answers.map((answer) => answer.headers.get('content-type') ?? '');
		// While it starts, n8n answers every path with a page that says so.
		return answers.every(({ ok }) => ok) && types.every((type) => type.includes('json'));
	} catch {
		return false;
	}
}

/** Starts n8n with its editor on the given port of the loopback address, and waits for it. */
export async function startServer(home: N8nHome, port: number): Promise<N8nServer> {
	const logFile = join(home.userFolder, 'n8n.log');
	const { ended, stop, kill } = startProcess(...n8nCommand(home, 'start'), {
		cwd: home.userFolder,
		env: {
			...home.environment,
			N8N_HOST: 'localhost',
			N8N_PORT: String(port),
			N8N_LISTEN_ADDRESS: '127.0.0.1',
			// The editor is served over plain HTTP, to this machine only.
			N8N_SECURE_COOKIE: 'false',
			N8N_RUNNERS_BROKER_PORT: String(await freePort()),
		},
		logFile,
	});
	let exited = false;
	void ended.catch(() => undefined).then(() => (exited = true));
	const loopback = `http://127.0.0.1:${port}`;
	const deadline = Date.now() + READY_WITHIN_MS;
	while (!(await isReady(loopback))) {
		if (exited || Date.now() > deadline) {
			await stop();
			const log = await readFile(logFile, 'utf8').catch(() => '');
			throw new Error(`n8n did not start. The end of ${logFile}:\n${log.slice(-3000)}`);
		}
		await sleep(LOOK_EVERY_MS);
	}
	return { url: `http://localhost:${port}`, ended, stop, kill, logFile };
}
