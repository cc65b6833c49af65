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
