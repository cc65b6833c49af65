import { systemClock } from '../../nodes/ZImage/http/clock';

const live = () => new AbortController().signal;

it('sleeps', async () => {
	const before = performance.now();
	await systemClock.sleep(10, live());
	expect(performance.now() - before).toBeGreaterThanOrEqual(9);
});

it('does not sleep if it was stopped before', async () => {
	const reason = new Error('cancelled');
	await expect(systemClock.sleep(60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
});

it('wakes up when it is stopped', async () => {
	const stop = new AbortController();
	const reason = new Error('cancelled');
	setTimeout(() => stop.abort(reason), 5);
	await expect(systemClock.sleep(60_000, stop.signal)).rejects.toBe(reason);
});

it('returns the time', () => {
	expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1000);
});
