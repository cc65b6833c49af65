import fc from 'fast-check';
import type { IContextObject } from 'n8n-workflow';

import { Failure } from '../../nodes/ZImage/errors/failure';
import { Budget } from '../../nodes/ZImage/paid/budget';
import { readMaxCost } from '../../nodes/ZImage/run/outputOptions';
import { fal } from '../../nodes/ZImage/providers/fal';
import { novita } from '../../nodes/ZImage/providers/novita';
import { failureOf } from '../support/failureOf';
import { strictContext } from '../support/strictContext';

/** The budget as a node's run sees it, with data that the execution keeps. */
function budgetIn(data: IContextObject, maxUsd: number | undefined): Budget {
	return Budget.of(
		strictContext({
			getContext(type: string) {
				expect(type).toBe('flow');
				return data;
			},
		}),
		maxUsd,
	);
}

let places = 0;

/** The place of another task. */
function newPlace(): string {
	return `0.${places++}`;
}

/** Plans requests, and returns how many fit. */
function planMany(budget: Budget, costs: readonly number[], place?: string): number[] {
	return costs.filter((cost) => {
		try {
			budget.plan(place ?? newPlace(), fal, cost);
			return true;
		} catch (error) {
			if (error instanceof Failure) return false;
			throw error;
		}
	});
}

it('allows requests up to the limit, and not one more', () => {
	const budget = budgetIn({}, 0.02);
	for (let i = 0; i < 4; i++) budget.plan(newPlace(), fal, 0.005);
	expect(() => budget.plan(newPlace(), fal, 0.005)).toThrow(
		new Failure('Max Cost (USD) is 0.02, but this request would bring the total to 0.025 USD'),
	);
});

it("states the request's cost, and what to do", () => {
	expect(failureOf(() => budgetIn({}, 0.01).plan(newPlace(), fal, 0.0225))).toMatchObject({
		details: {
			description:
				'Nothing was sent. The request would cost about 0.0225 USD. Raise the limit in the options, or make fewer or smaller images.',
		},
	});
});

it("a request that doesn't fit leaves room for a smaller one", () => {
	const budget = budgetIn({}, 0.01);
	budget.plan(newPlace(), fal, 0.006);
	expect(() => budget.plan(newPlace(), fal, 0.005)).toThrow('bring the total to 0.011 USD');
	budget.plan(newPlace(), fal, 0.004);
	expect(() => budget.plan(newPlace(), fal, 0.0001)).toThrow('bring the total to 0.0101 USD');
});

it('a limit of 0 allows nothing that costs', () => {
	expect(() => budgetIn({}, 0).plan(newPlace(), fal, 0.00125)).toThrow(
		'Max Cost (USD) is 0, but this request would bring the total to 0.00125 USD',
	);
	expect(() => budgetIn({}, 0).plan(newPlace(), fal, 0)).not.toThrow();
});

it("doesn't allow an unknown price", () => {
	expect(failureOf(() => budgetIn({}, 1000).plan(newPlace(), novita, null))).toMatchObject({
		message: 'Max Cost (USD) is 1000, but the cost of this request is unknown',
		details: {
			description:
				'Nothing was sent. Novita publishes no price for it, or the image size is unknown. Remove the limit, or choose a provider with a published price.',
		},
	});
});

it("allows everything without a limit, and still adds it up for the execution's other nodes", () => {
	const data = {};
	const free = budgetIn(data, undefined);
	free.plan(newPlace(), novita, null);
	free.plan(newPlace(), fal, 1e9);
	free.spend('a', null);
	free.spend('b', 0.75);
	expect(() => budgetIn(data, 1).plan(newPlace(), fal, 0.26)).toThrow(
		'bring the total to 1.01 USD',
	);
	expect(() => budgetIn(data, 1).plan(newPlace(), fal, 0.25)).not.toThrow();
});

it.each([
	[0.3, [0.1, 0.1, 0.1]],
	[0.7, [0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]],
	[0.045, Array.from({ length: 9 }, () => 0.005)],
	[1, Array.from({ length: 117 }, () => 0.0085)],
	[0.0085 * 3, [0.0085, 0.0085, 0.0085]],
])('rounding errors never exceed the limit %d', (maxUsd, costs) => {
	expect(planMany(budgetIn({}, maxUsd), costs)).toHaveLength(costs.length);
	expect(planMany(budgetIn({}, maxUsd), [...costs, 0.0056])).toHaveLength(costs.length);
});

describe('a sent request', () => {
	it('is not counted twice', () => {
		const budget = budgetIn({}, 0.02);
		budget.plan('a', fal, 0.01);
		budget.spend('a', 0.01);
		budget.plan(newPlace(), fal, 0.01);
		expect(() => budget.plan(newPlace(), fal, 0.001)).toThrow('bring the total to 0.021 USD');
	});

	it('counts in later runs of the execution: another node, a loop, another attempt', () => {
		const data: IContextObject = {};
		const first = budgetIn(data, 0.02);
		first.plan('a', fal, 0.01);
		first.plan('b', fal, 0.005);
		first.spend('a', 0.01);
		// What was planned but not sent cost nothing.
		const second = budgetIn(data, 0.02);
		expect(() => second.plan(newPlace(), fal, 0.011)).toThrow('bring the total to 0.021 USD');
		second.plan(newPlace(), fal, 0.01);
	});

	it('survives storage in the database', () => {
		const data: IContextObject = { other: { a: 1 } };
		budgetIn(data, 1).spend('a', 0.5);
		const stored = JSON.parse(JSON.stringify(data)) as IContextObject;
		expect(stored.other).toStrictEqual({ a: 1 });
		expect(() => budgetIn(stored, 1).plan(newPlace(), fal, 0.6)).toThrow(
			'bring the total to 1.1 USD',
		);
	});

	it.each(['much', null, {}, []])('is nothing if the context has %j', (value) => {
		const data = { zImageSpentUsd: value } as IContextObject;
		const budget = budgetIn(data, 1);
		budget.plan('a', fal, 1);
		budget.spend('a', 1);
		expect(data.zImageSpentUsd).toBe(1);
	});
});

describe('a refused request', () => {
	it('costs nothing, and leaves room for another request', () => {
		const data: IContextObject = {};
		const budget = budgetIn(data, 0.005);
		budget.plan('a', fal, 0.005);
		budget.spend('a', 0.005);
		expect(() => budget.plan(newPlace(), fal, 0.005)).toThrow(Failure);
		budget.giveBack('a');
		// Only once.
		budget.giveBack('a');
		expect(data.zImageSpentUsd).toBe(0);
		budget.plan(newPlace(), fal, 0.005);
		expect(() => budget.plan(newPlace(), fal, 0.005)).toThrow(Failure);
	});

	it('leaves room even if it was never sent', () => {
		const data: IContextObject = {};
		const budget = budgetIn(data, 0.005);
		budget.plan('a', fal, 0.005);
		budget.giveBack('a');
		expect(data).toStrictEqual({});
		budget.plan('b', fal, 0.005);
	});

	it('of unknown price changes nothing', () => {
		const data: IContextObject = {};
		const budget = budgetIn(data, undefined);
		budget.plan('a', novita, null);
		budget.spend('a', null);
		budget.giveBack('a');
		expect(data).toStrictEqual({});
	});
});

it('never plans or sends more than the limit, in any order', () => {
	const steps = fc.array(
		fc.record({
			cost: fc.oneof(
				fc.constantFrom(0.005, 0.0085, 0.0065, 0.02, 0.0075, 0.00525),
				fc.double({ min: 0, max: 3, noNaN: true }),
			),
			isSent: fc.boolean(),
			isNewRun: fc.boolean(),
		}),
		{ maxLength: 60 },
	);
	fc.assert(
		fc.property(fc.double({ min: 0, max: 5, noNaN: true }), steps, (maxUsd, all) => {
			const data: IContextObject = {};
			let budget = budgetIn(data, maxUsd);
			let sent = 0;
			let waiting = 0;
			for (const { cost, isSent, isNewRun } of all) {
				if (isNewRun) {
					budget = budgetIn(data, maxUsd);
					waiting = 0;
				}
				const fits = sent + waiting + cost;
				const place = newPlace();
				if (planMany(budget, [cost], place).length === 1) {
					waiting += cost;
				} else {
					// There is a reason for each refusal.
					expect(fits).toBeGreaterThan(maxUsd);
					continue;
				}
				expect(sent + waiting).toBeLessThanOrEqual(maxUsd + 1e-8);
				if (!isSent) continue;
				budget.spend(place, cost);
				sent += cost;
				waiting -= cost;
			}
		}),
		{ numRuns: 2000 },
	);
});

describe('the option', () => {
	it('means no limit if it is missing', () => {
		expect(readMaxCost({})).toBeUndefined();
	});

	it.each([
		[0, 0],
		['0', 0],
		[0.0001, 0.0001],
		[' 2.5 ', 2.5],
		[1_000_000, 1_000_000],
	])('%j is %j', (maxCostUsd, expected) => {
		expect(readMaxCost({ maxCostUsd })).toBe(expected);
	});

	it.each([
		[-0.01, 'must be between 0 and 1000000 (got -0.01)'],
		[1_000_001, 'must be between 0 and 1000000 (got 1000001)'],
		['a dollar', 'must be a number (got "a dollar")'],
		[true, 'must be a number (got true)'],
		[NaN, 'must be a number (got NaN)'],
		[Infinity, 'must be a number (got Infinity)'],
		[undefined, 'is empty'],
		[null, 'is empty'],
		['', 'is empty'],
		[' ', 'is empty'],
	])('%j is refused', (maxCostUsd, message) => {
		expect(() => readMaxCost({ maxCostUsd })).toThrow(new Failure(`Max Cost (USD) ${message}`));
	});
});
