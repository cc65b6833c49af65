import 'reflect-metadata';

import { Container } from '@n8n/di';
import { BinaryDataService } from 'n8n-core';
import { createServer as createTlsServer } from 'https';
import { createServer as createHttpServer } from 'http';
import { createServer as createSocketServer } from 'net';
import type { ServerResponse } from 'http';
import type { IDataObject } from 'n8n-workflow';
import { brotliCompressSync, deflateSync, gzipSync } from 'zlib';

import { createCertificate } from '../../checks/faults/certificate';
import { systemClock } from '../../nodes/ZImage/http/clock';
import { providers, taskProviders } from '../../nodes/ZImage/providers/registry';
import { credentialsFor } from '../support/credentials';
import { unreadableAt } from '../support/credentialsHelper';
import { makeNoise } from '../support/picture';
import { submitsOf, useSandbox } from '../support/sandboxes';
import type { WorkflowOptions } from '../support/runWorkflow';
import { inBinaryMode, readBinary, runWorkflow, storeFile } from '../support/runWorkflow';
import type { Answer, Seen, Stage } from '../support/scriptedServer';
import {
	goodAnswer,
	listening,
	credentialsAt,
	scriptedImage,
	sendJson,
	stageOf,
	withScript,
} from '../support/scriptedServer';

/** Runs Generate. Tries a second time if it fails, like Retry On Fail. */
async function generate(
	credentials: WorkflowOptions['credentials'],
	parameters: IDataObject = {},
	options: Partial<WorkflowOptions> = {},
) {
	return await runWorkflow({
		steps: [
			{
				type: 'zImageGenerate',
				parameters: { provider: 'novita', prompt: 'boat', ...parameters },
				maxTries: 2,
			},
		],
		credentials,
		...options,
	});
}

type Result = Awaited<ReturnType<typeof generate>>;

/**
 * The submit may have been charged: it was sent once, and the next attempt says so instead of sending it again.
 */
function expectInDoubt({ error }: Result, { counts }: Seen): void {
	expect(error?.message).toContain('in an earlier attempt, so it is not sent again');
	expect(error?.description).toContain('May have been charged too');
	expect(counts).toEqual({ submit: 1, status: 0, download: 0 });
}

/** The image arrived and was charged once. */
async function expectImage({ items, error }: Result, { counts }: Seen): Promise<void> {
	expect(error).toBeUndefined();
	expect(items).toHaveLength(1);
	expect(await readBinary(items[0]?.binary?.data)).toEqual(scriptedImage);
	expect(counts.submit).toBe(1);
}

const switchProtocols: Answer = (response) =>
	response.socket?.write(
		'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
	);

/** The headers come late, followed by a byte of the body now and then, forever. */
const drip =
	(lateMs: number): Answer =>
	(response) => {
		const late = setTimeout(() => {
			response.writeHead(200, { 'content-type': 'application/json' });
			const drips = setInterval(() => response.write(' '), 50);
			response.on('close', () => clearInterval(drips));
		}, lateMs);
		response.on('close', () => clearTimeout(late));
	};

describe('an answer that never ends', () => {
	const endless: Array<[string, Stage, Answer]> = [
		['101 Switching Protocols', 'submit', switchProtocols],
		['101 Switching Protocols', 'status', switchProtocols],
		['late headers and a dripping body', 'submit', drip(3000)],
		['late headers and a dripping body', 'status', drip(800)],
	];

	it.concurrent.each(endless)('%s: a %s ends anyway', async (_, stage, answer) => {
		await withScript({ stage, answer }, async (seen) => {
			const { error } = await runWorkflow({
				steps: [
					{
						type: 'zImageGenerate',
						parameters: { provider: 'novita', prompt: 'boat', options: { timeoutSeconds: 2 } },
					},
				],
				credentials: seen.credentials,
				clock: systemClock,
			});
			expect(seen.counts.submit).toBe(1);
			if (stage === 'submit') {
				expect(error?.message).toContain('(ETIMEDOUT) after the request was sent');
				expect(error?.description).toContain('may have accepted the task');
			} else {
				expect(error?.context.data).toMatchObject({ taskId: 'task-1' });
			}
		});
	});
});

describe("an answer that can't be unpacked", () => {
	const origin = (response: ServerResponse) => `http://${response.req.headers.host}`;
	const send = (encoding: string, pack: (good: Buffer) => Buffer, cutOff = false): Answer => {
		return (response, request) => {
			const stage = stageOf(request);
			const bytes = pack(goodAnswer(stage, origin(response)));
			response.writeHead(200, {
				'content-type': stage === 'download' ? 'image/png' : 'application/json',
				'content-encoding': encoding,
				'content-length': bytes.length,
			});
			if (cutOff) response.write(bytes.subarray(0, 15), () => response.destroy());
			else response.end(bytes);
		};
	};
	const firstHalf = (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1);
	const garbled = (bytes: Buffer) => {
		const half = firstHalf(bytes);
		return Buffer.concat([half, Buffer.alloc(half.length, 0xff)]);
	};
	const garbage = () => Buffer.from('This was never compressed by anything at all.');
	const kinds: Array<[string, Answer]> = [
		["gzip that isn't gzip", send('gzip', garbage)],
		["br that isn't br", send('br', garbage)],
		["deflate that isn't deflate", send('deflate', garbage)],
		['gzip that breaks in the middle', send('gzip', (good) => garbled(gzipSync(good)))],
		['br that breaks in the middle', send('br', (good) => garbled(brotliCompressSync(good)))],
		['deflate that breaks in the middle', send('deflate', (good) => garbled(deflateSync(good)))],
		['gzip that ends before any byte', send('gzip', (good) => gzipSync(good).subarray(0, 11))],
		['gzip that ends too soon', send('gzip', (good) => gzipSync(good).subarray(0, 15))],
		['gzip that ends in the middle', send('gzip', (good) => firstHalf(gzipSync(good)))],
		['gzip whose connection is cut off', send('gzip', gzipSync, true)],
		// n8n's HTTP client doesn't unpack it, so it isn't JSON.
		['zstd', send('zstd', () => Buffer.from('28b52ffd0400590000', 'hex'))],
		['plain text labeled gzip', send('gzip', (good) => good)],
		['gzip labeled br', send('br', gzipSync)],
	];

	it.each(
		providers.flatMap(({ id }) => kinds.map(([name, answer]) => [id, name, answer] as const)),
	)('%s, %s: a submit may have been accepted', async (provider, _, answer) => {
		await withScript({ stage: 'submit', answer }, async (seen) => {
			expectInDoubt(await generate(seen.credentials, { provider }), seen);
		});
	});

	it.each(kinds)('%s: a status request is sent again', async (_, answer) => {
		await withScript({ stage: 'status', answer, times: 2 }, async (seen) => {
			await expectImage(await generate(seen.credentials), seen);
			expect(seen.counts).toEqual({ submit: 1, status: 3, download: 1 });
		});
	});

	it.each(kinds.filter(([name]) => name !== 'zstd'))(
		'%s: a download is fetched again',
		async (_, answer) => {
			await withScript({ stage: 'download', answer, times: 2 }, async (seen) => {
				await expectImage(await generate(seen.credentials), seen);
				expect(seen.counts).toEqual({ submit: 1, status: 1, download: 3 });
			});
		},
	);
});

describe("a connection that can't be established", () => {
	const ownCertificate = createCertificate('self-signed');

	it("a certificate that isn't trusted: nothing was sent", async () => {
		let requests = 0;
		let connections = 0;
		const server = createTlsServer(ownCertificate, () => requests++);
		server.on('connection', () => connections++);
		await listening(server, async (port) => {
			const { error } = await generate(credentialsAt(`https://127.0.0.1:${port}`));
			expect(error?.message).toContain('Novita cannot be reached (DEPTH_ZERO_SELF_SIGNED_CERT)');
			expect(error?.description).toContain('NODE_EXTRA_CA_CERTS');
			expect(`${error?.message} ${error?.description}`).not.toMatch(
				/was sent|May be paid|accepted/,
			);
		});
		expect(requests).toBe(0);
		// The certificate is still bad the next time, so only Retry On Fail tries again.
		expect(connections).toBe(2);
	});

	it.each([
		['plain HTTP', 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'],
		['nothing, and closes', ''],
	])('https to a port that answers %s: nothing was sent', async (_, answer) => {
		let connections = 0;
		const server = createSocketServer((socket) => {
			connections++;
			socket.on('error', () => socket.destroy());
			socket.once('data', () => socket.end(answer));
		});
		await listening(server, async (port) => {
			const { error } = await generate(credentialsAt(`https://127.0.0.1:${port}`));
			expect(error?.message).toContain('Novita cannot be reached');
			expect(error?.description).toContain('Check the Base URL');
			expect(`${error?.message} ${error?.description}`).not.toMatch(
				/was sent|May be paid|accepted/,
			);
		});
		// Both attempts of Retry On Fail try as often as for any free request.
		expect(connections).toBe(2 * 6);
	});
});

describe("n8n's database is unavailable", () => {
	const getSandbox = useSandbox();
	const items = [1, 2, 3, 4, 5].map((n) => ({ n }));

	const parameters = (provider: string) => ({
		provider,
		prompt: '=boat {{ $json.n }} [sandbox:polls=3]',
	});

	it.each(
		taskProviders.flatMap(({ id, credentialType }) =>
			[1, 4, 8, 14].map((from) => [id, from, credentialType] as const),
		),
	)('%s, from read %i on for a while: every image arrives', async (provider, from, type) => {
		const credentials = unreadableAt(credentialsFor(getSandbox()), type, { from, times: 12 });
		const { json, error } = await generate(credentials, parameters(provider), { items });
		expect(error).toBeUndefined();
		expect(json.map(({ status }) => status)).toEqual(items.map(() => 'succeeded'));
		expect(submitsOf(getSandbox())).toHaveLength(items.length);
	});

	it.each(taskProviders.map(({ id, credentialType }) => [id, credentialType] as const))(
		'%s, permanently: the error names the tasks and n8n',
		async (provider, type) => {
			const credentials = unreadableAt(credentialsFor(getSandbox()), type, { from: 12 });
			const { error } = await generate(credentials, parameters(provider), { items });
			const submits = submitsOf(getSandbox()).length;
			expect(submits).toBeGreaterThan(0);
			expect(submits).toBeLessThanOrEqual(items.length);
			expect(error?.message).toContain("n8n could not read the node's credential");
			expect(error?.message).toContain('Driver not Connected');
			const named = error?.description?.match(/^(- |Task ID: )\S+$/gm) ?? [];
			expect(new Set(named).size).toBe(submits);
		},
	);
});

describe("n8n's file store is unavailable for a moment", () => {
	const getSandbox = useSandbox();
	const items = [{}, {}, {}];
	const service = Container.get(BinaryDataService);
	const modes = ['default', 'filesystem-v2', 'database'] as const;

	it.each(providers.flatMap(({ id }) => modes.map((mode) => [id, mode] as const)))(
		'%s, in mode %s: every image arrives',
		async (provider, mode) => {
			const store = jest.spyOn(service, 'store');
			for (let n = 0; n < 8; n++) store.mockRejectedValueOnce(new Error('Driver not Connected'));
			const credentials = credentialsFor(getSandbox());
			const { json, error } = await inBinaryMode(
				mode,
				async () => await generate(credentials, { provider }, { items }),
			);
			const calls = store.mock.calls.length;
			store.mockRestore();
			expect(error).toBeUndefined();
			expect(json).toHaveLength(items.length);
			expect(calls).toBe(8 + items.length);
			expect(submitsOf(getSandbox())).toHaveLength(items.length);
		},
	);
});

it('an upload that took all the time: nothing is submitted', async () => {
	const seen: string[] = [];
	const server = createHttpServer((request, response) => {
		request.resume().on('end', () => {
			seen.push(`${request.method} ${request.url}`);
			const url = `http://${request.headers.host}/file.png`;
			if (request.method === 'PUT') setTimeout(() => response.end(), 1500);
			else sendJson(response, { upload_url: url, file_url: url });
		});
	});
	await listening(server, async (port) => {
		const url = `http://127.0.0.1:${port}`;
		const { error } = await runWorkflow({
			steps: [
				{
					type: 'zImageGenerate',
					parameters: {
						provider: 'fal',
						operation: 'imageToImage',
						prompt: 'boat',
						options: { timeoutSeconds: 2 },
					},
				},
			],
			credentials: credentialsAt(url),
			// Too large to send inline.
			inputBinary: { data: await storeFile(makeNoise('png', 400, 300)) },
			clock: systemClock,
		});
		expect(error?.message).toContain('No time was left to send the request to fal');
		expect(error?.description).toContain('Nothing was sent');
	});
	expect(seen).toEqual(['POST /storage/upload/initiate?storage_type=fal-cdn-v3', 'PUT /file.png']);
});
