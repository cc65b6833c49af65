import { FIXED_PORTS, HOSTS } from '../../sandbox/emulator/hosts';
import { startSandbox } from '../../sandbox/emulator/server';
import type { V3Body } from './bodies';
import { authorization, call, useSandbox } from './http';
import { like } from './like';

describe('startSandbox', () => {
	const sandbox = useSandbox({ taskSeconds: 0, keys: { novita: 'sk_mine' } });

	it('has one port per host, on loopback', () => {
		const urls = Object.values(sandbox.current.urls);
		expect(new Set(urls).size).toBe(HOSTS.length);
		for (const url of urls) expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
	});

	it('records every request, including those that it refuses', async () => {
		const { urls } = sandbox.current;
		await call(`${urls.fal}/fal-ai/z-image/turbo?x=1`, {
			key: 'Key wrong',
			body: { prompt: 'a cat' },
		});
		await call(`${urls.novita}/nowhere`, { headers: { 'x-mine': 'yes' } });
		await call(`${urls.aimlapi}/v1/images/generations`, { body: '{"half' });
		await call(`${urls.highway}/v3/async/task-result`, { body: {} });
		await call(`${urls.files}/a%20b`);
		expect(sandbox.current.requests).toEqual([
			{
				provider: 'fal',
				method: 'POST',
				path: '/fal-ai/z-image/turbo',
				query: { x: '1' },
				headers: like.object({ authorization: 'Key wrong' }),
				body: { prompt: 'a cat' },
				at: like.any(Number),
			},
			like.object({
				provider: 'novita',
				path: '/nowhere',
				headers: like.object({ 'x-mine': 'yes' }),
			}),
			like.object({ provider: 'aimlapi', body: undefined }),
			like.object({ provider: 'highway', method: 'POST' }),
			like.object({ provider: 'files', path: '/a b' }),
		]);
		expect(sandbox.current.requestsTo('novita')).toHaveLength(1);
	});

	it('forgets requests, tasks and files on reset', async () => {
		const { urls } = sandbox.current;
		const key = authorization(sandbox.current);
		expect(key.novita).toBe('Bearer sk_mine');
		const { json } = await call<V3Body>(`${urls.novita}/v3/async/z-image-turbo`, {
			key: key.novita,
			body: { prompt: 'x' },
		});
		const result = () =>
			call<V3Body>(`${urls.novita}/v3/async/task-result?task_id=${json.task_id}`, {
				key: key.novita,
			});
		const { images } = (await result()).json;
		sandbox.current.reset();
		expect(sandbox.current.requests).toEqual([]);
		expect((await result()).status).toBe(404);
		expect((await call(images[0].image_url)).status).toBe(404);
	});

	it('keeps a thousand tasks without their images', async () => {
		const { urls } = sandbox.current;
		const key = authorization(sandbox.current).novita;
		const submit = async (index: number) => {
			const { json } = await call<V3Body>(`${urls.novita}/v3/async/z-image-turbo`, {
				key,
				body: { prompt: `cat ${index}` },
			});
			await call(`${urls.novita}/v3/async/task-result?task_id=${json.task_id}`, { key });
		};
		const before = process.memoryUsage().rss;
		for (let index = 0; index < 1000; index += 50) {
			await Promise.all(Array.from({ length: 50 }, (_item, offset) => submit(index + offset)));
		}
		expect(sandbox.current.requests).toHaveLength(2000);
		expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
	});
});

describe('several sandboxes', () => {
	it("don't see each other", async () => {
		const [one, two] = await Promise.all([startSandbox(), startSandbox()]);
		await call(`${one.urls.aimlapi}/v1/models`);
		expect([one.requests.length, two.requests.length]).toEqual([1, 0]);
		await Promise.all([one.close(), two.close()]);
	});

	it('report which port is in use', async () => {
		const first = await startSandbox({ ports: 'fixed' }).catch((error: unknown) => error as Error);
		const second = startSandbox({ ports: 'fixed' });
		await expect(second).rejects.toThrow(/^Port 880\d for \w+ is in use\./);
		if (!(first instanceof Error)) {
			expect(first.urls.fal).toBe(`http://127.0.0.1:${FIXED_PORTS.fal}`);
			await first.close();
		}
	});

	it('close at once although a request hangs', async () => {
		const sandbox = await startSandbox();
		const body = { model: 'alibaba/z-image-turbo', prompt: 'x [sandbox:never]' };
		const waiting = call(`${sandbox.urls.aimlapi}/v1/images/generations`, {
			key: authorization(sandbox).aimlapi,
			body,
		});
		const failed = expect(waiting).rejects.toThrow();
		while (sandbox.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
		await sandbox.close();
		await failed;
	});
});
