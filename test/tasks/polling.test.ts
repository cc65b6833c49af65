import fc from 'fast-check';

import { pollDelayMs } from '../../nodes/ZImage/tasks/polling';

const attempts = fc.nat({ max: 10_000 });

it('begins short, as Turbo takes seconds', () => {
	expect([0, 1, 2, 3].map(pollDelayMs)).toStrictEqual([400, 560, 784, 1098]);
});

it('asks some 10 times in the first 30 seconds', () => {
	let waitedMs = 0;
	let asked = 0;
	while (waitedMs + pollDelayMs(asked) <= 30_000) waitedMs += pollDelayMs(asked++);
	expect(asked).toBeGreaterThanOrEqual(8);
	expect(asked).toBeLessThanOrEqual(15);
});

it('never gets shorter', () => {
	fc.assert(
		fc.property(attempts, (attempt) => {
			expect(pollDelayMs(attempt + 1)).toBeGreaterThanOrEqual(pollDelayMs(attempt));
		}),
	);
});

it('is a whole number of milliseconds, at most 5 seconds', () => {
	fc.assert(
		fc.property(attempts, (attempt) => {
			expect(Number.isInteger(pollDelayMs(attempt))).toBe(true);
			expect(pollDelayMs(attempt)).toBeLessThanOrEqual(5000);
		}),
	);
	expect(pollDelayMs(10_000)).toBe(5000);
});
