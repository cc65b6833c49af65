import { startTimer } from '../../nodes/ZImage/http/timer';

/** A wait of n8n's sleep, which ends when the test says so. */
interface Wait {
	readonly ms: number;
	readonly signal: AbortSignal;
	readonly end: () => void;
}

const mockWaits: Wait[] = [];
/** n8n's sleep before 2.34: a stop doesn't end it. */
let mockIsOld = false;
jest.mock('n8n-workflow', () => ({
	sleep: async (ms: number, signal: AbortSignal) =>
		await new Promise<void>((resolve, reject) => {
			mockWaits.push({ ms, signal, end: resolve });
			if (!mockIsOld) signal.addEventListener('abort', () => reject(signal.reason as Error));
		}),
}));

let nowMs = 0;

beforeEach(() => {
	mockWaits.length = 0;
	mockIsOld = false;
	nowMs = 0;
	jest.spyOn(performance, 'now').mockImplementation(() => nowMs);
});

afterEach(() => jest.restoreAllMocks());

const settle = async () => await new Promise(setImmediate);

it('aborts when its time is over', async () => {
	const { signal } = startTimer(() => 1234);
	expect(mockWaits.map(({ ms }) => ms)).toStrictEqual([1234]);
	await settle();
	expect(signal.aborted).toBe(false);
	mockWaits[0]?.end();
	await settle();
	expect(signal.aborted).toBe(true);
});

describe.each([
	['a host that ends a wait at once', false],
	['an older host', true],
])('on %s', (_, isOld) => {
	beforeEach(() => (mockIsOld = isOld));

	it('never aborts once it is stopped', async () => {
		const timer = startTimer(() => 1000);
		timer.stop();
		expect(mockWaits[0]?.signal.aborted).toBe(true);
		mockWaits[0]?.end();
		await settle();
		expect(timer.signal.aborted).toBe(false);
	});

	it('begins again with a restart', async () => {
		let leftMs = 5000;
		const timer = startTimer(() => leftMs);
		nowMs = 3000;
		leftMs = 2000;
		timer.restart();
		mockWaits[0]?.end();
		await settle();
		expect(timer.signal.aborted).toBe(false);
		expect(mockWaits.map(({ ms }) => ms)).toStrictEqual([5000, 2000]);
		mockWaits[1]?.end();
		await settle();
		expect(timer.signal.aborted).toBe(true);
	});
});

it("isn't restarted once it is stopped", () => {
	const { stop, restart } = startTimer(() => 60_000);
	stop();
	nowMs = 5000;
	restart();
	expect(mockWaits).toHaveLength(1);
});

it("isn't restarted for each of many chunks", () => {
	const { restart } = startTimer(() => 60_000);
	for (; nowMs < 3000; nowMs += 10) restart();
	expect(mockWaits).toHaveLength(3);
});
