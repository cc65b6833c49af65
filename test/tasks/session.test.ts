import type { IHttpRequestOptions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { Readable } from 'stream';

import { fal } from '../../nodes/ZImage/providers/fal';
import { novita } from '../../nodes/ZImage/providers/novita';
import { openSession } from '../../nodes/ZImage/tasks/session';
import { errorOf, limits } from '../support/fakeClient';
import { recordingClock } from '../support/recordingClock';
import { strictContext } from '../support/strictContext';

/** A node with one credential. The provider responds with these status codes. */
function hostOf(credentialType: string, statusCodes: number[] = [], apiKey = 'secret') {
	const urls: string[] = [];
	const host = strictContext({
		async getCredentials(type: string) {
			expect(type).toBe(credentialType);
			return { apiKey, baseUrl: 'https://gateway.example' } as never;
		},
		getExecutionCancelSignal: () => undefined,
		helpers: strictContext({
			async httpRequestWithAuthentication(_: string, { url }: IHttpRequestOptions) {
				urls.push(url);
				const statusCode = statusCodes[urls.length - 1];
				return { statusCode, headers: {}, body: Readable.from([Buffer.from('{}')]) };
			},
		}) as never,
	});
	return { host, urls };
}

const call = { method: 'GET', path: '/a' } as const;

it('connects the provider with its credential', async () => {
	const clock = recordingClock();
	const { client } = await openSession(hostOf('zImageNovitaApi').host, novita, clock);
	expect(client).toMatchObject({ provider: novita, baseUrl: 'https://gateway.example' });
	expect(client.clock).toBe(clock);
});

it('shares its pace with all sessions of the same account, and counts its own retries', async () => {
	const clock = recordingClock();
	const { host, urls } = hostOf('zImageFalApi', [429, 200, 200]);
	const first = await openSession(host, fal, clock);
	const second = await openSession(host, fal, clock);
	await first.client.send(call, { purpose: 'read', ...limits() });
	expect([first.client.retries, second.client.retries]).toStrictEqual([1, 0]);
	expect(clock.sleeps).toHaveLength(1);
	await second.client.send(call, { purpose: 'read', ...limits() });
	expect(urls).toHaveLength(3);
	expect(second.client.pacing).toBe(first.client.pacing);
	expect(second.schedule).not.toBe(first.schedule);
});

it('learns nothing from a session with another key', async () => {
	const clock = recordingClock();
	const first = await openSession(hostOf('zImageFalApi', [429]).host, fal, clock);
	const second = await openSession(hostOf('zImageFalApi', [], 'other').host, fal, clock);
	await first.client.send(call, { purpose: 'read', maxAttempts: 1, ...limits() });
	expect(first.client.pacing.pauseMs()).toBeGreaterThan(0);
	expect(second.client.pacing.pauseMs()).toBe(0);
});

it('waits by the clock of the run', async () => {
	const clock = recordingClock();
	const { schedule } = await openSession(hostOf('zImageFalApi').host, fal, clock);
	const { deadline, signal } = limits();
	await schedule.wait(clock.now(), undefined, deadline, signal);
	expect(clock.sleeps).toHaveLength(1);
});

it('passes on that the node has no credential', async () => {
	const node = { name: 'Z-Image Generate', type: 'zImageGenerate' } as never;
	const missing = new NodeOperationError(node, 'Node does not have any credentials set');
	const host = strictContext({
		getCredentials: async () => await Promise.reject(missing),
		getExecutionCancelSignal: () => undefined,
	});
	expect(await errorOf(openSession(host, fal, recordingClock()))).toBe(missing);
});
