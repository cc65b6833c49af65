import { getEventListeners } from 'events';

import { systemClock } from '../../nodes/ZImage/http/clock';

/** n8n's sleep before 2.34: a stop doesn't end it. */
const mockSleep = jest.fn<Promise<void>, [ms: number]>();
jest.mock('n8n-workflow', () => ({ sleep: async (ms: number) => await mockSleep(ms) }));

const reason = new Error('cancelled');
const forEver = async () => await new Promise<void>(() => {});

beforeEach(() => mockSleep.mockReset());

it('sleeps as long as the host', async () => {
	mockSleep.mockResolvedValueOnce();
	await systemClock.sleep(1234, new AbortController().signal);
	expect(mockSleep.mock.calls).toStrictEqual([[1234]]);
});

it('wakes up when it is stopped', async () => {
	mockSleep.mockImplementationOnce(forEver);
	const stop = new AbortController();
	const sleeping = systemClock.sleep(60_000, stop.signal);
	stop.abort(reason);
	await expect(sleeping).rejects.toBe(reason);
});

it('does not sleep if it was stopped before', async () => {
	await expect(systemClock.sleep(60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
	expect(mockSleep).not.toHaveBeenCalled();
});

it("passes on the host's errors", async () => {
	mockSleep.mockRejectedValueOnce(reason);
	await expect(systemClock.sleep(1, new AbortController().signal)).rejects.toBe(reason);
});

// A run has one signal for thousands of waits.
it('leaves no listener on the signal', async () => {
	mockSleep.mockResolvedValue();
	const { signal } = new AbortController();
	for (let wait = 0; wait < 3; wait++) await systemClock.sleep(1, signal);
	await new Promise((resolve) => setImmediate(resolve));
	expect(getEventListeners(signal, 'abort')).toStrictEqual([]);
});
