import type { IncomingMessage, Server, ServerResponse } from 'http';
import { createServer } from 'http';
import type { AddressInfo, Server as SocketServer } from 'net';

import { providers } from '../../nodes/ZImage/providers/registry';
import type { CredentialData } from './credentialsHelper';
import { makePicture } from './picture';

/** The purpose of a task's request. */
export type Stage = 'download' | 'status' | 'submit';

/** Answers a request, with as little valid HTTP as it likes. */
export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** How a stage answers at first instead of normally. */
export interface Script {
	readonly stage: Stage;
	readonly answer: Answer;
	/** Default: always. */
	readonly times?: number;
}

/** What a scripted server has received. */
export interface Seen {
	/** The number of requests per stage. */
	readonly counts: Readonly<Record<Stage, number>>;
	readonly credentials: CredentialData;
}

/** The image of every task. */
export const scriptedImage = makePicture('png', 93, 71);

/** Sends JSON like a provider. */
export function sendJson(response: ServerResponse, body: unknown): void {
	response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** The normal response of each stage, as Novita documents it. Source: test/fixtures/novita */
export function goodAnswer(stage: Stage, origin: string): Buffer {
	if (stage === 'download') return scriptedImage;
	const body =
		stage === 'submit'
			? { task_id: 'task-1' }
			: {
					task: { task_id: 'task-1', status: 'TASK_STATUS_SUCCEED' },
					images: [{ image_url: `${origin}/image.png`, image_type: 'png' }],
				};
	return Buffer.from(JSON.stringify(body));
}

/** The stage of a request. */
export function stageOf({ method, url = '' }: IncomingMessage): Stage {
	if (method === 'POST') return 'submit';
	return url.startsWith('/image') ? 'download' : 'status';
}

/**
 * Runs something while a server listens on a free port of this machine.
 * @param work receives the port
 */
export async function listening<T>(
	server: Server | SocketServer,
	work: (port: number) => Promise<T>,
): Promise<T> {
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	try {
		return await work((server.address() as AddressInfo).port);
	} finally {
		const closed = new Promise((resolve) => server.close(resolve));
		if ('closeAllConnections' in server) server.closeAllConnections();
		await closed;
	}
}

/** The credentials of all providers for a test's server. */
export function credentialsAt(baseUrl: string): CredentialData {
	const data = {
		// Only for the user's own servers.
		authentication: 'bearer',
		apiKey: 'key-12345678',
		baseUrl,
		storageUrl: baseUrl,
	};
	return Object.fromEntries(providers.map(({ credentialType }) => [credentialType, data]));
}

/** Runs something while a server answers like Novita, except at one stage. */
export async function withScript<T>(script: Script, work: (seen: Seen) => Promise<T>): Promise<T> {
	const { stage: odd, answer, times = Infinity } = script;
	const counts = { download: 0, status: 0, submit: 0 };
	const sockets = new Set<ServerResponse['socket']>();
	const server = createServer((request, response) => {
		sockets.add(request.socket);
		request.resume().on('end', () => {
			const stage = stageOf(request);
			counts[stage]++;
			if (stage === odd && counts[stage] <= times) {
				answer(response, request);
				return;
			}
			const type = stage === 'download' ? 'image/png' : 'application/json';
			const origin = `http://${request.headers.host}`;
			response.writeHead(200, { 'content-type': type }).end(goodAnswer(stage, origin));
		});
	});
	return await listening(server, async (port) => {
		try {
			return await work({ counts, credentials: credentialsAt(`http://127.0.0.1:${port}`) });
		} finally {
			// After an upgrade, the server no longer closes the socket.
			for (const socket of sockets) socket?.destroy();
		}
	});
}
