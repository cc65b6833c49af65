import type { IContextObject, IRunExecutionData } from 'n8n-workflow';

import { StopWatch } from '../../nodes/ZImage/run/stopWatch';
import { recordingClock } from '../support/recordingClock';
import { strictContext } from '../support/strictContext';

type Stored = IRunExecutionData | undefined;

const running = { resultData: { runData: {} } } as unknown as Stored;
const over = { resultData: { runData: {}, error: { message: 'Stopped' } } } as unknown as Stored;

/** A node in an execution with these stored statuses, one per request. */
function watch(
	answers: ReadonlyArray<Error | Stored>,
	{
		data = {},
		cancelled,
		executionId = '12',
	}: { data?: IContextObject; cancelled?: AbortSignal; executionId?: string } = {},
) {
	const clock = recordingClock();
	let looks = 0;
	const host = strictContext({
		getExecutionCancelSignal: () => cancelled,
		getExecutionId: () => executionId,
		getContext: () => data,
		async getExecutionDataById(id: string): Promise<Stored> {
			expect(id).toBe(executionId);
			const answer = answers[looks++];
			if (answer instanceof Error) throw answer;
			return await Promise.resolve(answer);
		},
	});
	const stopWatch = new StopWatch(host, clock);
	return { stopWatch, clock, looks: () => looks };
}

it('asks n8n every 5 seconds at most, and not immediately', async () => {
	const { stopWatch, clock, looks } = watch([running, running]);
	const counts: number[] = [];
	for (const ms of [0, 4999, 1, 0, 4999, 1]) {
		clock.advance(ms);
		await stopWatch.look();
		counts.push(looks());
	}
	expect(counts).toStrictEqual([0, 0, 1, 1, 1, 2]);
	expect(stopWatch.isStopped).toBe(false);
});

it.each<[string, Error | Stored, boolean]>([
	['is running', running, false],
	['is over, so it was stopped', over, true],
	['is not stored', undefined, false],
	["can't be read", new Error('Driver not Connected'), false],
])('an execution that %s', async (_, stored, isStopped) => {
	const { stopWatch, clock } = watch([stored]);
	clock.advance(5000);
	await stopWatch.look();
	expect(stopWatch.isStopped).toBe(isStopped);
});

it('is over for another attempt of the same execution, but not for another execution', async () => {
	const data = {};
	const { stopWatch, clock } = watch([over], { data });
	clock.advance(5000);
	await stopWatch.look();
	expect(watch([], { data }).stopWatch.isStopped).toBe(true);
	expect(watch([], { data, executionId: '13' }).stopWatch.isStopped).toBe(false);
});

it("aborts on n8n's signal, too", () => {
	const cancel = new AbortController();
	const { stopWatch } = watch([], { cancelled: cancel.signal });
	expect(stopWatch.isStopped).toBe(false);
	cancel.abort();
	expect(stopWatch.isStopped).toBe(true);
});

it('works without what an older n8n lacks', async () => {
	const clock = recordingClock();
	const host = strictContext({
		getExecutionCancelSignal: () => undefined,
		getExecutionId: () => '12',
		getContext: () => ({}),
		getExecutionDataById: undefined,
	});
	const stopWatch = new StopWatch(host, clock);
	clock.advance(5000);
	await stopWatch.look();
	expect(stopWatch.isStopped).toBe(false);
});
