import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type N8nHome, importCredentials, importWorkflows } from '../realN8n/commands';
import type { CredentialFile } from '../realN8n/credentials';
import { EditorApi } from '../realN8n/editorApi';
import { ownerLogin } from '../realN8n/login';
import { installNodesPackage } from '../realN8n/nodesPackage';
import { OWN_CONNECTION } from '../realN8n/ownConnection';
import { lastingPort } from '../realN8n/ports';
import { FILES_FOLDER, prepareHome } from '../realN8n/realN8n';
import { type N8nRole, type N8nServer, startServer } from '../realN8n/server';
import { DATABASE, startPostgres } from './postgres';
import { startRedis } from './redis';
import type { Server } from './server';
import { type Places, type Process, SETTINGS } from './settings';

const LOOK_EVERY_MS = 100;

const ROLES: Readonly<Record<Process, N8nRole>> = {
	main: 'start',
	webhooks: 'webhook',
	worker: 'worker',
};

/** An n8n process that can be started, ended and started again, always at the same address. */
export class Member {
	readonly #role: N8nRole;
	readonly #home: N8nHome;
	readonly #port: number;
	#server: N8nServer | undefined;

	constructor(role: N8nRole, home: N8nHome, port: number) {
		this.#role = role;
		this.#home = home;
		this.#port = port;
	}

	/** Its loopback address. */
	get url(): string {
		return `http://127.0.0.1:${this.#port}`;
	}

	get pid(): number | undefined {
		return this.#server?.pid;
	}

	/** Its output since it was started. */
	get logFile(): string {
		return join(this.#home.userFolder, 'n8n.log');
	}

	/** The folder where workflows that run here save their images. */
	get filesFolder(): string {
		return join(this.#home.userFolder, FILES_FOLDER);
	}

	/** Starts it, with changed settings if there are any, and waits until it is ready. */
	async start(settings: Readonly<Record<string, string>> = {}): Promise<void> {
		const environment = { ...this.#home.environment, ...settings };
		this.#server = await startServer({ ...this.#home, environment }, this.#port, this.#role);
	}

	/** Asks it to end, and kills it if that takes long. */
	async stop(): Promise<void> {
		await this.#server?.stop();
	}

	/** Ends it like `kill -9`. */
	async kill(): Promise<void> {
		await this.#server?.kill();
	}

	/** Sends it SIGTERM, like a container's host, and waits until it has ended by itself. */
	async terminate(): Promise<void> {
		await this.#server?.terminate();
	}
}

/** n8n in queue mode, with our nodes in each process. */
export interface Cluster {
	readonly main: Member;
	readonly webhooks: Member;
	readonly workers: readonly Member[];
	readonly postgres: Server;
	readonly redis: Server;
	readonly editor: EditorApi;
	/** A folder for what the processes share. It is removed with them. */
	readonly folder: string;
	/** Activates a workflow, and waits until the webhook processor accepts calls of its webhook. */
	activate(workflow: string, path: string): Promise<void>;
	/** Stops everything and removes its folders. */
	close(): Promise<void>;
}

export interface ClusterOptions {
	readonly credentials: readonly CredentialFile[];
	readonly workflows: readonly object[];
	readonly workers?: number;
	/** Changed settings for all processes. */
	readonly settings?: Readonly<Record<string, string>>;
}

type Stop = () => Promise<void>;

/** Starts Redis, PostgreSQL and n8n's processes, all on the loopback address. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
	const stops: Stop[] = [];
	const close: Stop = async () => {
		for (const stop of stops.splice(0).reverse()) await stop();
	};
	const newFolder = async (name: string): Promise<string> => {
		const folder = await mkdtemp(join(tmpdir(), `z-image-queue-${name}-`));
		stops.push(async () => await rm(folder, { recursive: true, force: true, maxRetries: 3 }));
		return folder;
	};
	try {
		const folder = await newFolder('n8n');
		const [redisPort, postgresPort] = [await lastingPort(), await lastingPort()];
		const redis = await startRedis(join(folder, 'redis'), redisPort);
		stops.push(redis.stop);
		// PostgreSQL may run as another user, so its folder isn't inside one of ours.
		const postgres = await startPostgres(await newFolder('postgres'), postgresPort);
		stops.push(postgres.stop);

		const [mainPort, webhookPort] = [await lastingPort(), await lastingPort()];
		const places: Places = {
			DB_POSTGRESDB_HOST: '127.0.0.1',
			DB_POSTGRESDB_PORT: String(postgresPort),
			DB_POSTGRESDB_DATABASE: DATABASE,
			DB_POSTGRESDB_USER: DATABASE,
			QUEUE_BULL_REDIS_HOST: '127.0.0.1',
			QUEUE_BULL_REDIS_PORT: String(redisPort),
			N8N_ENCRYPTION_KEY: randomBytes(24).toString('hex'),
			WEBHOOK_URL: `http://127.0.0.1:${webhookPort}/`,
			N8N_EDITOR_BASE_URL: `http://127.0.0.1:${mainPort}/`,
		};
		const workerNames = Array.from({ length: options.workers ?? 2 }, (_, i) => `worker${i + 1}`);
		const homeOf = async (process: Process, name: string = process): Promise<N8nHome> => {
			const { environment, ...home } = await prepareHome(join(folder, name));
			const settings = { ...places, ...SETTINGS[process], ...options.settings };
			return { ...home, environment: { ...environment, ...settings } };
		};
		const mainHome = await homeOf('main');
		const webhooksHome = await homeOf('webhooks');
		const workerHomes = await Promise.all(workerNames.map((name) => homeOf('worker', name)));
		const homes = [mainHome, webhooksHome, ...workerHomes];
		await installNodesPackage(...homes.map(({ userFolder }) => userFolder));
		await importCredentials(mainHome, options.credentials);
		await importWorkflows(mainHome, options.workflows);

		const main = new Member(ROLES.main, mainHome, mainPort);
		const webhooks = new Member(ROLES.webhooks, webhooksHome, webhookPort);
		const workers = await Promise.all(
			workerHomes.map(async (home) => new Member(ROLES.worker, home, await lastingPort())),
		);
		const members = [...workers, webhooks, main];
		stops.push(async () => {
			await Promise.all(members.map(async (member) => await member.stop()));
		});
		await Promise.all(members.map(async (member) => await member.start()));
		const editor = new EditorApi(main.url);
		await editor.logIn(await ownerLogin(folder));
		const activate = async (workflow: string, path: string): Promise<void> => {
			await editor.activate(workflow);
			// n8n names the webhook's method once it accepts calls, a moment after the activation.
			const url = `${webhooks.url}/webhook/${path}`;
			const ask = async () => await (await fetch(url, { headers: OWN_CONNECTION })).text();
			while (!(await ask()).includes('make a POST request')) await sleep(LOOK_EVERY_MS);
		};
		return { main, webhooks, workers, postgres, redis, editor, folder, activate, close };
	} catch (error) {
		await close();
		throw error;
	}
}
