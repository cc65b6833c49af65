import { loadImage } from '@napi-rs/canvas';
import { setTimeout as sleep } from 'node:timers/promises';
import { paddedPng } from '../../sandbox/emulator/imageFiles';
import type { FalBody, V3Body } from './bodies';
import { authorization, call, useSandbox } from './http';

describe('a sandbox with a capacity', () => {
	const sandbox = useSandbox({ capacity: 1, taskSeconds: 0.2 });
	const submit = async (prompt: string) => {
		const { urls } = sandbox.current;
		const url = `${urls.fal}/fal-ai/z-image/turbo`;
		const key = authorization(sandbox.current).fal;
		return (await call<FalBody>(url, { key, body: { prompt } })).json;
	};
	const status = async ({ status_url }: FalBody) =>
		(await call<FalBody>(status_url, { key: authorization(sandbox.current).fal })).json;

	it('works on that many tasks at once, and records when each was done', async () => {
		const [first, second] = [await submit('one'), await submit('two')];
		expect((await status(first)).status).toBe('IN_PROGRESS');
		expect(await status(second)).toMatchObject({ status: 'IN_QUEUE', queue_position: 0 });
		const [one, two] = sandbox.current.tasks;
		expect([one?.id, two?.id]).toEqual([first.request_id, second.request_id]);
		expect(one).toMatchObject({ provider: 'fal', doneAt: one!.submittedAt + 200 });
		expect(two).toMatchObject({ startedAt: one!.doneAt, doneAt: one!.doneAt! + 200 });
		await sleep(two!.doneAt! - Date.now());
		expect((await status(second)).status).toBe('COMPLETED');
	});

	it("gives a canceled task's slot to the next one", async () => {
		const [first, second] = [await submit('one [sandbox:never]'), await submit('two')];
		expect(sandbox.current.tasks.map(({ doneAt }) => doneAt)).toEqual([null, null]);
		const key = authorization(sandbox.current).fal;
		expect((await call(first.cancel_url, { method: 'PUT', key })).status).toBe(202);
		expect((await status(second)).status).toBe('IN_PROGRESS');
	});

	it("ends what hasn't started in its time, and the next one moves up", async () => {
		const { urls } = sandbox.current;
		const key = authorization(sandbox.current).fal;
		const submitWithin = async (seconds: string, prompt: string) =>
			(
				await call<FalBody>(`${urls.fal}/fal-ai/z-image/turbo`, {
					key,
					headers: { 'x-fal-request-timeout': seconds },
					body: { prompt },
				})
			).json;
		const first = await submit('[sandbox:never]');
		const second = await submitWithin('0.05', 'two');
		const third = await submitWithin('60', 'three');
		expect(third.queue_position).toBe(1);
		await sleep(60);
		expect((await status(second)).status).toBe('COMPLETED');
		expect((await call(second.response_url, { key })).status).toBe(504);
		expect(await status(third)).toMatchObject({ status: 'IN_QUEUE', queue_position: 0 });
		await call(first.cancel_url, { method: 'PUT', key });
		expect((await status(third)).status).toBe('IN_PROGRESS');
	});

	it("refuses a direct call that can't start in its time", async () => {
		const { urls } = sandbox.current;
		const run = (seconds: string, prompt: string) =>
			call<FalBody>(`${urls.falSync}/fal-ai/z-image/turbo`, {
				key: authorization(sandbox.current).fal,
				headers: { 'x-fal-request-timeout': seconds },
				body: { prompt, image_size: 'square' },
			});
		const [first, second, third] = await Promise.all([
			run('0.05', 'a [sandbox:seconds=0.3]'),
			run('0.05', 'b'),
			run('60', 'c'),
		]);
		expect([first.status, second.status, third.status]).toEqual([200, 504, 200]);
		expect(second.headers['x-fal-request-timeout-type']).toBe('user');
	});

	it('makes synchronous calls wait for each other', async () => {
		const { urls } = sandbox.current;
		const generate = async () => {
			await call(`${urls.aimlapi}/v1/images/generations`, {
				key: authorization(sandbox.current).aimlapi,
				body: { model: 'alibaba/z-image-turbo', prompt: 'x' },
			});
			return Date.now();
		};
		const ends = await Promise.all([generate(), generate()]);
		expect(Math.abs(ends[0] - ends[1])).toBeGreaterThan(150);
	});

	it("doesn't let a host wait for another, and restarts after a reset", async () => {
		await submit('[sandbox:never]');
		const { urls } = sandbox.current;
		const key = authorization(sandbox.current).novita;
		await call<V3Body>(`${urls.novita}/v3/async/z-image-turbo`, { key, body: { prompt: 'x' } });
		const { startedAt, submittedAt } = sandbox.current.tasks[1]!;
		expect(startedAt).toBe(submittedAt);
		sandbox.current.reset();
		expect(sandbox.current.tasks).toEqual([]);
		expect((await status(await submit('one'))).status).toBe('IN_PROGRESS');
	});
});

describe('a sandbox with prepared files', () => {
	const sandbox = useSandbox({ taskSeconds: 0, files: { bytes: 300_000 } });

	it('returns the same PNG of that size for every image', async () => {
		const { urls } = sandbox.current;
		const key = authorization(sandbox.current);
		const { request_id } = (
			await call<FalBody>(`${urls.fal}/fal-ai/z-image/turbo`, {
				key: key.fal,
				body: { prompt: 'x', output_format: 'jpeg' },
			})
		).json;
		const { images } = (
			await call<FalBody>(`${urls.fal}/fal-ai/z-image/requests/${request_id}`, { key: key.fal })
		).json;
		expect(images[0]).toMatchObject({ file_size: 300_000, content_type: 'image/png' });
		const file = await call(images[0].url);
		expect(file.headers['content-type']).toBe('image/png');
		expect(file.bytes).toHaveLength(300_000);
		expect(await loadImage(file.bytes)).toMatchObject({ width: 1024, height: 1024 });
	});
});

describe('paddedPng', () => {
	it('is an image however small it should be', async () => {
		const bytes = paddedPng(0);
		expect(bytes.length).toBeLessThan(3000);
		expect(await loadImage(bytes)).toMatchObject({ width: 1024, height: 1024 });
	});
});
