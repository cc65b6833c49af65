import { getEventListeners } from 'events';
import { Readable } from 'stream';

import { inTime } from '../../nodes/ZImage/http/inTime';
import { NetworkError } from '../../nodes/ZImage/http/networkError';

const answer = () => ({ body: new Readable({ read() {} }) });

it("a response that starts in time is passed on, open, and the timer doesn't keep it", async () => {
	const { signal } = new AbortController();
	const begun = answer();
	expect(await inTime(Promise.resolve(begun), signal)).toBe(begun);
	expect(begun.body.destroyed).toBe(false);
	await Promise.resolve();
	expect(getEventListeners(signal, 'abort')).toStrictEqual([]);
});

it('an error in time is passed on', async () => {
	const error = new Error('It broke');
	const opening = Promise.reject(error);
	await expect(inTime(opening, new AbortController().signal)).rejects.toBe(error);
});

it("a late response isn't waited for, and is closed when it arrives", async () => {
	const timeout = new AbortController();
	const late = answer();
	let begin: (begun: typeof late) => void = () => {};
	const opening = new Promise<typeof late>((resolve) => (begin = resolve));
	const opened = inTime(opening, timeout.signal);
	timeout.abort();
	await expect(opened).rejects.toStrictEqual(new NetworkError('ETIMEDOUT'));
	begin(late);
	await opening;
	expect(late.body.destroyed).toBe(true);
});
