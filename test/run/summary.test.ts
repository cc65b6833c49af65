import { RunSummary } from '../../nodes/ZImage/run/summary';
import { recordingClock } from '../support/recordingClock';
import { strictContext } from '../support/strictContext';

function begin() {
	const messages: unknown[] = [];
	const clock = recordingClock();
	const context = strictContext({
		sendMessageToUI: (message: unknown) => void messages.push(message),
	});
	return { summary: new RunSummary(context, clock), clock, messages };
}

describe('the final line', () => {
	it.each<[string, number, number, string | undefined]>([
		['nothing', 0, 0, undefined],
		['a single task that went smoothly', 1, 0, undefined],
		['a single task with retries', 1, 2, '1 task, 1 image in 1.5 s, 2 requests sent again'],
		['several tasks', 3, 0, '3 tasks, 3 images in 1.5 s'],
		['one retry', 2, 1, '2 tasks, 2 images in 1.5 s, 1 request sent again'],
		['retries before any task', 0, 1, '0 tasks, 0 images in 1.5 s, 1 request sent again'],
	])('of %s', (_, tasks, retries, expected) => {
		const { summary, clock } = begin();
		for (let task = 0; task < tasks; task++) {
			summary.addTask(null);
			summary.addImages(1);
		}
		clock.advance(1500);
		expect(summary.text(retries)).toBe(expected);
	});

	it('states the cost if every price is documented', () => {
		const { summary, clock } = begin();
		summary.addTask(0.008925);
		summary.addTask(0.0085);
		summary.addImages(4);
		clock.advance(61_230);
		expect(summary.text(0)).toBe(
			'2 tasks, 4 images in 61.2 s, about 0.0174 USD at published prices',
		);
		expect(summary.text(3)).toBe(
			'2 tasks, 4 images in 61.2 s, 3 requests sent again, about 0.0174 USD at published prices',
		);
	});

	it.each([
		[1, 0, '0 tasks, 1 image in 1.5 s, 1 task from an earlier attempt'],
		[2, 0, '0 tasks, 2 images in 1.5 s, 2 tasks from an earlier attempt'],
		[1, 1, '1 task, 2 images in 1.5 s, 1 task from an earlier attempt'],
	])('counts %i resumed tasks and %i others', (resumed, tasks, expected) => {
		const { summary, clock } = begin();
		for (let task = 0; task < resumed; task++) summary.addResumedTask();
		for (let task = 0; task < tasks; task++) summary.addTask(0);
		summary.addImages(resumed + tasks);
		clock.advance(1500);
		expect(summary.text(0)).toBe(`${expected} resumed, not charged again`);
		expect(summary.text(1)).toBe(`${expected} resumed, not charged again, 1 request sent again`);
	});

	it('states no cost for a resumed task', () => {
		const { summary } = begin();
		summary.addTask(0.005);
		summary.addResumedTask();
		expect(summary.text(0)).toBe(
			'1 task, 0 images in 0.0 s, 1 task from an earlier attempt resumed, not charged again, about 0.0050 USD at published prices',
		);
	});

	it.each([[[null, 0.005]], [[0.005, null]], [[0.005, null, 0.005]]])(
		'states no cost for %j, because part of it is unknown',
		(costs) => {
			const { summary } = begin();
			costs.forEach((cost) => summary.addTask(cost));
			expect(summary.text(0)).toBe(`${costs.length} tasks, 0 images in 0.0 s`);
		},
	);
});

describe('progress messages', () => {
	it("report the run's progress, at most once a second", () => {
		const { summary, clock, messages } = begin();
		for (let tenth = 1; tenth <= 50; tenth++) {
			clock.advance(100);
			summary.addTask(0.005);
			summary.addImages(1);
		}
		expect(messages).toStrictEqual([
			'10 tasks, 10 images after 1.0 s',
			'20 tasks, 20 images after 2.0 s',
			'30 tasks, 30 images after 3.0 s',
			'40 tasks, 40 images after 4.0 s',
			'50 tasks, 50 images after 5.0 s',
		]);
	});

	it("don't appear in the first second", () => {
		const { summary, clock, messages } = begin();
		summary.addTask(null);
		summary.addImages(1);
		clock.advance(999);
		summary.addImages(1);
		expect(messages).toStrictEqual([]);
	});

	it("don't pile up after a long time without any", () => {
		const { summary, clock, messages } = begin();
		summary.addTask(null);
		clock.advance(60_000);
		summary.addImages(1);
		summary.addImages(1);
		clock.advance(10);
		summary.addImages(1);
		expect(messages).toStrictEqual(['1 task, 1 image after 60.0 s']);
	});
});
