import { authorization, call, useSandbox } from './http';
import { like } from './like';

const LIMIT = 2;
const NEVER = '[sandbox:never]';

describe(`a sandbox that refuses submits above ${LIMIT} tasks`, () => {
	const sandbox = useSandbox({ refuseAbove: LIMIT });

	const submit = async (provider: Provider, path: string, body: object) => {
		const { urls } = sandbox.current;
		return await call(`${urls[provider]}${path}`, {
			key: authorization(sandbox.current)[provider],
			body,
		});
	};
	type Provider = keyof ReturnType<typeof authorization>;

	it.each<[Provider, string, object, unknown]>([
		[
			'fal',
			'/fal-ai/z-image/turbo',
			{ prompt: NEVER },
			{ detail: like.textWith('limit'), error_type: 'concurrent_requests_limit' },
		],
		[
			'novita',
			'/v3/async/z-image-turbo',
			{ prompt: NEVER },
			like.object({ code: 429, reason: 'RATE_LIMIT_EXCEEDED' }),
		],
		[
			'wavespeed',
			'/api/v3/wavespeed-ai/z-image/turbo',
			{ prompt: NEVER },
			{ code: 429, message: 'Too Many Requests' },
		],
		[
			'replicate',
			'/v1/models/prunaai/z-image-turbo/predictions',
			{ input: { prompt: NEVER } },
			{ detail: like.textWith('throttled'), status: 429, retry_after: 5 },
		],
		['sdcpp', '/sdcpp/v1/img_gen', { prompt: NEVER }, { error: 'job queue is full' }],
	])("%s: in the provider's own words", async (provider, path, body, refusal) => {
		for (let task = 0; task < LIMIT; task++) {
			expect((await submit(provider, path, body)).status).toBeLessThan(300);
		}
		const refused = await submit(provider, path, body);
		expect(refused.status).toBe(429);
		expect(refused.json).toEqual(refusal);
		expect(sandbox.current.tasks).toHaveLength(LIMIT);
		expect(sandbox.current.accepted).toHaveLength(LIMIT);
	});

	it('counts running synchronous calls, and accepts one more as soon as one has ended', async () => {
		const generate = async () =>
			await submit('aimlapi', '/v1/images/generations', {
				model: 'alibaba/z-image-turbo',
				prompt: 'x [sandbox:seconds=0.3]',
			});
		const [first, second] = [generate(), generate()];
		while (sandbox.current.accepted.length < LIMIT) await new Promise(setImmediate);
		expect((await generate()).status).toBe(429);
		expect((await Promise.all([first, second])).map(({ status }) => status)).toEqual([200, 200]);
		expect((await generate()).status).toBe(200);
	});

	it('limits each host separately, and restarts after a reset', async () => {
		const path = '/fal-ai/z-image/turbo';
		for (let task = 0; task < LIMIT; task++) await submit('fal', path, { prompt: NEVER });
		expect((await submit('fal', path, { prompt: NEVER })).status).toBe(429);
		const other = await submit('novita', '/v3/async/z-image-turbo', { prompt: NEVER });
		expect(other.status).toBe(200);
		sandbox.current.reset();
		expect((await submit('fal', path, { prompt: NEVER })).status).toBe(200);
	});
});
