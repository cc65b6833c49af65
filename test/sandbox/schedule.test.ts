import { Schedule } from '../../sandbox/emulator/schedule';

describe('Schedule', () => {
	it('starts every task at once without a limit', () => {
		const schedule = new Schedule(Infinity);
		for (const now of [0, 5, 5]) {
			expect(schedule.add(100, now)).toMatchObject({ startedAt: now, doneAt: now + 100 });
		}
	});

	it('works on that many at once, and on the others in the order of their submits', () => {
		const schedule = new Schedule(2);
		const slots = [100, 50, 10, 10].map((milliseconds) => schedule.add(milliseconds, 0));
		expect(slots.map(({ startedAt, doneAt }) => [startedAt, doneAt])).toEqual([
			[0, 100],
			[0, 50],
			[50, 60],
			[60, 70],
		]);
	});

	it('leaves no pause between a task and the next waiting one', () => {
		const schedule = new Schedule(1);
		schedule.add(10, 0);
		const second = schedule.add(10, 5);
		// Noticed late: the second has started by itself in the meantime.
		const third = schedule.add(10, 12);
		expect([second.startedAt, third.startedAt]).toEqual([10, 20]);
		expect(schedule.add(10, 50).startedAt).toBe(50);
	});

	it('moves the others up when a task is ended', () => {
		const schedule = new Schedule(1);
		const [first, second, third] = [0, 1, 2].map((now) => schedule.add(100, now)) as [
			ReturnType<Schedule['add']>,
			ReturnType<Schedule['add']>,
			ReturnType<Schedule['add']>,
		];
		schedule.end(second, 30);
		expect(second).toMatchObject({ startedAt: 30, doneAt: 30 });
		expect(third.startedAt).toBe(100);
		schedule.end(first, 40);
		expect(first.doneAt).toBe(40);
		expect(third).toMatchObject({ startedAt: 40, doneAt: 140 });
	});

	it('never gets past a task that never ends, until it is ended', () => {
		const schedule = new Schedule(1);
		const never = schedule.add(Infinity, 0);
		const next = schedule.add(10, 1);
		expect(next.startedAt).toBe(Infinity);
		schedule.end(never, 20);
		expect(next.doneAt).toBe(30);
		schedule.clear();
		expect(schedule.add(10, 21).startedAt).toBe(21);
	});
});
