import fc from 'fast-check';

import {
	atScales,
	drawStyles,
	sweepScales,
	uniqueStyles,
} from '../../nodes/ZImage/applyLoraPreset/combine';
import type { Style } from '../../nodes/ZImage/applyLoraPreset/styles';

const style = (name: string, scale = 1, path = `me/${name}`): Style => ({
	name,
	lora: { path, scale, trigger: name.toUpperCase() },
});

describe('sweepScales', () => {
	it.each<[number, number, number, number[]]>([
		[0.6, 1, 3, [0.6, 0.8, 1]],
		[0, 1, 2, [0, 1]],
		[1, 0.6, 3, [1, 0.8, 0.6]],
		[0, 1, 4, [0, 0.3333, 0.6667, 1]],
		[0.1, 0.7, 4, [0.1, 0.3, 0.5, 0.7]],
		[0.5, 0.5, 3, [0.5, 0.5, 0.5]],
		[0, 4, 5, [0, 1, 2, 3, 4]],
	])('from %d to %d in %d steps', (from, to, steps, scales) => {
		expect(sweepScales(from, to, steps)).toEqual(scales);
	});

	it.each<[string, number, number, number]>([
		['ends just below it', 0.498, 0, 6],
		['starts there', -0, 1, 3],
		['ends there', 1, -0, 3],
		['stays there', -0, -0, 2],
	])('never returns the scale -0 if it %s', (_, from, to, steps) => {
		const scales = sweepScales(from, to, steps);
		expect(scales).toContain(0);
		expect(scales.filter((scale) => Object.is(scale, -0))).toEqual([]);
	});

	const end = fc.integer({ min: 0, max: 40_000 }).map((parts) => parts / 10_000);
	it('includes both ends and the right number of scales, in one direction', () => {
		fc.assert(
			fc.property(end, end, fc.integer({ min: 2, max: 20 }), (from, to, steps) => {
				const scales = sweepScales(from, to, steps);
				expect(scales).toHaveLength(steps);
				expect([scales[0], scales.at(-1)]).toEqual([from, to]);
				const sorted = [...scales].sort((a, b) => (from < to ? a - b : b - a));
				expect(scales).toEqual(sorted);
				for (const scale of scales) {
					expect(scale >= 0 && scale <= 4).toBe(true);
					expect(String(scale)).toMatch(/^\d(\.\d{1,4})?$/);
				}
			}),
		);
	});
});

it("atScales changes only a style's scale and mentions it in the name", () => {
	expect(atScales(style('fox'), [0.6, 0.85])).toEqual([
		{ name: 'fox 0.6', lora: { path: 'me/fox', scale: 0.6, trigger: 'FOX' } },
		{ name: 'fox 0.85', lora: { path: 'me/fox', scale: 0.85, trigger: 'FOX' } },
	]);
});

it('uniqueStyles keeps the last entry of each path', () => {
	const same = style('b', 2, 'me/a');
	expect(uniqueStyles([style('a'), style('c'), same])).toEqual([same, style('c')]);
});

describe('drawStyles', () => {
	const styles = ['a', 'b', 'c', 'd', 'e'].map((name) => style(name));
	const draw = (count: number, seed: number, itemIndex: number) =>
		drawStyles(styles, count, seed, itemIndex).map(({ name }) => name);

	it('draws that many, without duplicates, and repeatably', () => {
		fc.assert(
			fc.property(
				fc.integer({ min: 0, max: 5 }),
				fc.integer({ min: 0, max: 2_147_483_647 }),
				fc.nat(10_000),
				(count, seed, itemIndex) => {
					const names = draw(count, seed, itemIndex);
					expect(names).toHaveLength(count);
					expect(new Set(names).size).toBe(count);
					expect(draw(count, seed, itemIndex)).toEqual(names);
				},
			),
		);
	});

	it('draws the same on every machine', () => {
		expect([0, 1, 2, 3, 4, 5].map((itemIndex) => draw(2, 42, itemIndex).join(''))).toEqual([
			'de',
			'bd',
			'ad',
			'ac',
			'de',
			'eb',
		]);
	});

	it.each([1, 3])('draws each about equally often, for %d of an item', (count) => {
		const times = new Map<string, number>();
		const items = 2000;
		for (let itemIndex = 0; itemIndex < items; itemIndex += 1) {
			for (const name of draw(count, 7, itemIndex)) times.set(name, (times.get(name) ?? 0) + 1);
		}
		const expected = (items * count) / styles.length;
		for (const { name } of styles) {
			expect(times.get(name)).toBeGreaterThan(expected * 0.8);
			expect(times.get(name)).toBeLessThan(expected * 1.2);
		}
	});

	it('draws different ones for another seed or another item', () => {
		const seeds = new Set([1, 2, 3, 4, 5, 6, 7, 8].map((seed) => draw(3, seed, 0).join()));
		const items = new Set([1, 2, 3, 4, 5, 6, 7, 8].map((item) => draw(3, 1, item).join()));
		expect(seeds.size).toBeGreaterThan(4);
		expect(items.size).toBeGreaterThan(4);
	});

	it("doesn't change the list that it draws from", () => {
		draw(3, 1, 1);
		expect(styles).toHaveLength(5);
	});
});
