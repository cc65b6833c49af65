import { getEventListeners } from 'events';

import { withEither } from '../../nodes/ZImage/http/either';

const reason = new Error('Stopped');

it.each([0, 1])('aborts with signal number %i, for its reason', async (index) => {
	const controllers = [new AbortController(), new AbortController()];
	const signals = controllers.map(({ signal }) => signal);
	await withEither(signals, async (either) => {
		expect(either.aborted).toBe(false);
		controllers[index]?.abort(reason);
		await Promise.resolve();
		expect(either.reason).toBe(reason);
	});
});

// Node.js before 24 warns of a leak when a signal has more than ten listeners.
it('adds one listener to a signal, however many follow it, and all of them abort', async () => {
	const stop = new AbortController();
	const seen: unknown[] = [];
	const follow = async () =>
		await withEither([stop.signal], async (either) => {
			await new Promise((resolve) => either.addEventListener('abort', resolve));
			seen.push(either.reason);
		});
	const all = Array.from({ length: 20 }, follow);
	expect(getEventListeners(stop.signal, 'abort')).toHaveLength(1);
	stop.abort(reason);
	await Promise.all(all);
	expect(seen).toStrictEqual(Array(20).fill(reason));
});

it('goes on for the others when one is done', async () => {
	const stop = new AbortController();
	const { signal } = stop;
	await withEither([signal], async (either) => {
		await withEither([signal], async () => await Promise.resolve());
		stop.abort(reason);
		expect(either.reason).toBe(reason);
	});
});

it('has aborted from the beginning if one of them has', async () => {
	const signals = [new AbortController().signal, AbortSignal.abort(reason)];
	await withEither(signals, async (either) => {
		expect(either.reason).toBe(reason);
		await Promise.resolve();
	});
	expect.assertions(1);
});

it.each<[string, () => Promise<string>]>([
	['is done', async () => await Promise.resolve('done')],
	['fails', async () => await Promise.reject(reason)],
])('listens no longer once it %s', async (_, work) => {
	const signals = [new AbortController().signal, new AbortController().signal];
	const listeners = () => signals.map((signal) => getEventListeners(signal, 'abort').length);
	const done = withEither(signals, work);
	expect(listeners()).toStrictEqual([1, 1]);
	await Promise.allSettled([done]);
	expect(listeners()).toStrictEqual([0, 0]);
	expect(await done.catch((error: unknown) => error)).toBe(await work().catch(() => reason));
});
