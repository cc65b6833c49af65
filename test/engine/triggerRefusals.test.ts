import type { KeyObject } from 'crypto';
import { generateKeyPairSync } from 'crypto';
import type { Server } from 'http';
import { createServer } from 'http';
import type { IDataObject } from 'n8n-workflow';
import type { AddressInfo } from 'net';

import { falJwks, signFalWebhook } from '../../sandbox/emulator/providers/fal/webhookSignature';
import { recordingClock } from '../support/recordingClock';
import type { RecordingClock } from '../support/recordingClock';
import { credentialsAt, sendJson } from '../support/scriptedServer';
import type { TriggerOptions } from '../support/triggerServer';
import { TriggerServer } from '../support/triggerServer';

const taskId = '80e732af-660e-45cd-bd63-580e4f2a94cc';
const report = JSON.stringify({ request_id: taskId, status: 'OK', payload: {} });

/** A provider that signs with the test's keys, and responds as the test wants. */
class StandIn {
	keys = [generateKeyPairSync('ed25519')];
	keysStatus = 200;
	taskStatus = 200;
	readonly asked: string[] = [];
	private readonly server: Server = createServer(({ url = '' }, response) => {
		this.asked.push(url);
		const isKeys = url.endsWith('/jwks.json');
		response.statusCode = isKeys ? this.keysStatus : this.taskStatus;
		if (response.statusCode !== 200) response.end('{"detail":"in the words of fal"}');
		else if (isKeys) sendJson(response, falJwks(this.keys.map(({ publicKey }) => publicKey)));
		else sendJson(response, { status: 'COMPLETED', error: 'the task has failed' });
	});

	async start(): Promise<string> {
		await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
	}

	async stop(): Promise<void> {
		this.server.closeAllConnections();
		await new Promise((resolve) => this.server.close(resolve));
	}
}

let fal: StandIn;
let clock: RecordingClock;
let trigger: TriggerServer;
let url: string;

async function listen(
	parameters: IDataObject = {},
	options: Partial<TriggerOptions> = {},
): Promise<void> {
	trigger = new TriggerServer({
		parameters: { provider: 'fal', ...parameters },
		credentials: credentialsAt(await fal.start()),
		clock,
		...options,
	});
	url = await trigger.start();
}

beforeEach(() => {
	fal = new StandIn();
	clock = recordingClock();
});

afterEach(async () => {
	await trigger.stop();
	await fal.stop();
});

interface Call {
	readonly body?: string;
	readonly sentBody?: Buffer | string;
	readonly key?: KeyObject;
	readonly ageSeconds?: number;
	readonly userId?: string;
	readonly headers?: Readonly<Record<string, string>>;
}

/** Calls the node's URL like fal, with a test's changes. */
async function call({
	body = report,
	sentBody = body,
	key = fal.keys[0]?.privateKey,
	ageSeconds = 0,
	userId = 'me',
	headers,
}: Call = {}) {
	if (!key) throw new Error('There is no key');
	const signed = signFalWebhook(key, {
		requestId: taskId,
		userId,
		timestamp: Math.floor(clock.now() / 1000) - ageSeconds,
		body: Buffer.from(body),
	});
	const answer = await fetch(url, {
		method: 'POST',
		headers: { 'content-type': 'application/json', ...signed, ...headers },
		body: new Uint8Array(Buffer.from(sentBody)),
	});
	return { status: answer.status, text: await answer.text() };
}

const executions = () => trigger.handled.filter(({ outputs }) => outputs !== undefined).length;
const askedFor = (part: string) => fal.asked.filter((path) => path.includes(part)).length;

describe('a call', () => {
	it.each([0, 299, -299])('starts the workflow if it is %p seconds old', async (ageSeconds) => {
		await listen();
		expect(await call({ ageSeconds })).toMatchObject({ status: 200 });
		expect(executions()).toBe(1);
	});

	it.each<[string, number, Call, string]>([
		['too old', 401, { ageSeconds: 301 }, 'more than 5 minutes'],
		['with a time in the future', 401, { ageSeconds: -301 }, 'more than 5 minutes'],
		[
			'with another body than the signed one',
			401,
			{ sentBody: `${report} ` },
			'signature is wrong',
		],
		['with no body', 401, { sentBody: '' }, 'signature is wrong'],
		['with no time', 401, { headers: { 'x-fal-webhook-timestamp': '' } }, 'is not signed'],
		['with another user', 401, { headers: { 'x-fal-webhook-user-id': 'x' } }, 'signature is wrong'],
		['with a huge body', 413, { body: 'x'.repeat(1024 * 1024 + 1) }, 'too long (1048577 bytes)'],
		['signed, but without a task', 400, { body: '{}' }, 'names no task'],
		['signed, but no JSON', 400, { body: '{"request_id":' }, 'names no task'],
		['signed, for a path', 400, { body: '{"request_id":".."}' }, 'names no task'],
	])('%s is answered with %p and starts nothing', async (_, status, given, why) => {
		await listen();
		expect(await call(given)).toEqual({ status, text: '' });
		expect(executions()).toBe(0);
		expect(trigger.warnings).toEqual([
			expect.stringMatching(
				new RegExp(`^Z-Image Trigger: a call was refused \\(HTTP ${status}\\): .+ \\(workflow`),
			),
		]);
		expect(trigger.warnings[0]).toContain(why);
		// Only a task in a signed call is looked up.
		expect(askedFor('/requests/')).toBe(0);
	});

	it('never shows a header, a body or a key in the log', async () => {
		await listen();
		await call({ sentBody: '{"secret":"hidden"}', userId: 'user-of-someone' });
		expect(trigger.warnings.join()).not.toMatch(/hidden|user-of-someone|key-12345678/);
	});
});

describe('the account of a call', () => {
	it.each([400, 403, 404, 422])(
		"a task that the key's account doesn't know (HTTP %p) starts nothing",
		async (status) => {
			fal.taskStatus = status;
			await listen();
			expect(await call()).toEqual({ status: 401, text: '' });
			expect(executions()).toBe(0);
			expect(trigger.warnings[0]).toContain(`has no task ${taskId}`);
		},
	);

	it.each([401, 402, 500, 503])(
		"if fal can't say (HTTP %p), it must call again",
		async (status) => {
			fal.taskStatus = status;
			await listen();
			expect(await call()).toEqual({ status: 503, text: '' });
			expect(executions()).toBe(0);
			fal.taskStatus = 200;
			expect((await call()).status).toBe(200);
			expect(executions()).toBe(1);
		},
	);

	it("with the User ID, the task isn't looked up before, and no run has the hint", async () => {
		fal.taskStatus = 404;
		await listen({ userId: ' me ' });
		expect((await call()).status).toBe(200);
		expect(executions()).toBe(1);
		expect(trigger.handled[0]?.hints).toEqual([]);
	});

	it('a call for another user starts nothing', async () => {
		await listen({ userId: 'me' });
		expect(await call({ userId: 'other' })).toEqual({ status: 401, text: '' });
		expect(askedFor('/requests/')).toBe(0);
		expect(trigger.warnings[0]).toContain('for another User ID');
	});

	it('a run without the User ID shows it', async () => {
		await listen();
		await call();
		expect(trigger.handled[0]?.hints).toEqual([
			{
				message: expect.stringContaining('for the user "me"') as string,
				location: 'outputPane',
				type: 'info',
			},
		]);
	});
});

describe('the keys', () => {
	const other = generateKeyPairSync('ed25519');

	it('are requested again if none matches, but not for each forged call', async () => {
		await listen();
		for (let calls = 0; calls < 5; calls++) await call({ key: other.privateKey });
		expect(askedFor('jwks')).toBe(1);
		clock.advance(10_001);
		for (let calls = 0; calls < 5; calls++) await call({ key: other.privateKey });
		expect(askedFor('jwks')).toBe(2);
		expect(executions()).toBe(0);
	});

	it('a new key is accepted as soon as the keys may be requested', async () => {
		await listen();
		expect((await call()).status).toBe(200);
		fal.keys = [other];
		const again = { body: report.replace(taskId, 'new'), key: other.privateKey };
		expect((await call(again)).status).toBe(401);
		clock.advance(10_001);
		expect((await call(again)).status).toBe(200);
	});

	it('a revoked key is accepted for an hour at most', async () => {
		await listen();
		const { privateKey } = fal.keys[0]!;
		expect((await call()).status).toBe(200);
		fal.keys = [other];
		clock.advance(60 * 60_000 - 1);
		const again = { body: report.replace(taskId, 'new'), key: privateKey };
		expect((await call(again)).status).toBe(200);
		clock.advance(1);
		expect((await call({ ...again, body: report.replace(taskId, 'newer') })).status).toBe(401);
	});

	it.each([401, 404, 503])('without them (HTTP %p), fal must call again', async (status) => {
		fal.keysStatus = status;
		await listen();
		expect(await call()).toEqual({ status: 503, text: '' });
		expect(await call()).toEqual({ status: 503, text: '' });
		expect(trigger.warnings[0]).toContain('its signing keys');
		fal.keysStatus = 200;
		clock.advance(10_001);
		expect((await call()).status).toBe(200);
	});

	it('a call that is too old requests none', async () => {
		await listen();
		await call({ ageSeconds: 1000 });
		expect(fal.asked).toEqual([]);
	});
});

describe('a task that was reported before', () => {
	it('starts nothing whenever the same call is repeated', async () => {
		await listen();
		const answers = await Promise.all([call(), call(), call()]);
		expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
		clock.advance(60 * 60_000);
		expect((await call()).status).toBe(200);
		expect(executions()).toBe(1);
	});

	it('starts the workflow if n8n could not start it the first time', async () => {
		let fails = true;
		await listen({}, { failsToStart: () => fails });
		expect((await call()).status).toBe(500);
		fails = false;
		expect((await call()).status).toBe(200);
		expect(executions()).toBe(1);
	});

	it('starts nothing in another process, once n8n has stored it', async () => {
		const staticData: IDataObject = {};
		await listen({}, { staticData });
		await call();
		expect(JSON.stringify(staticData)).toContain(taskId);
		await trigger.stop();
		await fal.stop();
		await listen({}, { staticData });
		expect((await call()).status).toBe(200);
		expect(executions()).toBe(0);
	});

	it('is forgotten after two hours, and the list has at most 1000 entries', async () => {
		const now = clock.now();
		const old = Array.from({ length: 1200 }, (_, index) => [
			`task-${index}`,
			now - index,
		]).reverse();
		const staticData: IDataObject = {
			'node:Z-Image Trigger': {
				reported: ['odd', [taskId, now - 2 * 60 * 60_000], ...old],
			},
		};
		await listen({}, { staticData });
		expect((await call()).status).toBe(200);
		expect(executions()).toBe(1);
		const { reported } = staticData['node:Z-Image Trigger'] as { reported: unknown[] };
		expect(reported).toHaveLength(1000);
		expect(reported.slice(-2)).toEqual([
			['task-0', now],
			[taskId, expect.any(Number)],
		]);
	});

	it('is recorded even if the stored list is invalid', async () => {
		await listen({}, { staticData: { 'node:Z-Image Trigger': { reported: 'text' } } });
		expect((await call()).status).toBe(200);
		expect(executions()).toBe(1);
	});
});

it("a provider that doesn't sign, in an imported workflow, starts nothing", async () => {
	await listen({ provider: 'novita' });
	expect(await call()).toEqual({ status: 503, text: '' });
	expect(trigger.warnings[0]).toContain("Novita doesn't report tasks with a signature");
});

it('a node without its credential starts nothing', async () => {
	await listen({}, { credentials: {} });
	expect((await call()).status).toBe(503);
	expect(executions()).toBe(0);
});
