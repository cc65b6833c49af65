import { readCommandLine } from '../../bench/commandLine';
import { renderFigures } from '../../bench/figures';
import { type Sample, spread, toRows } from '../../bench/row';
import { quantile } from '../../bench/statistics';

const samples: Sample[] = [
	{ name: 'fifty-items-wall', unit: 's', value: 16, limit: 15, goal: 1.05 },
	{ name: 'fifty-items-wall', unit: 's', value: 15.3, limit: 15, goal: 1.05 },
	{ name: 'fifty-items-wall', unit: 's', value: 15.123456, limit: 15, goal: 1.05 },
	{ name: 'overhead-per-item', unit: 'ms', value: 8, limit: 4, goal: 1.3 },
	{ name: 'completion-noticed-median', unit: 'ms', value: 20 },
	{ name: 'peer-slow-fifty-items-wall', unit: 's', value: 153, limit: 15 },
];

describe('toRows', () => {
	it('returns one row per name with the medians', () => {
		const [wall, overhead, noticed, peer] = toRows(samples);
		expect(wall).toEqual({
			name: 'fifty-items-wall',
			unit: 's',
			value: 15.3,
			limit: 15,
			ratio: 1.02,
			goal: 1.05,
			met: true,
		});
		expect(overhead).toMatchObject({ ratio: 2, met: false });
		expect(noticed).toMatchObject({ limit: null, ratio: null, goal: null, met: null });
		expect(peer).toMatchObject({ ratio: 10.2, goal: null, met: null });
		expect(spread(samples, 'fifty-items-wall')).toEqual([15.12, 16]);
	});
});

describe('quantile', () => {
	it.each([
		[0, 1],
		[0.5, 2.5],
		[0.95, 3.85],
		[1, 4],
	])('%d of four values', (share, value) => {
		expect(quantile([3, 1, 4, 2], share)).toBeCloseTo(value);
	});
});

describe('the figures in docs/performance.md', () => {
	it('show missed targets and the comparison with other packages', () => {
		const text = renderFigures(toRows(samples), 'Measured today.');
		expect(text).toMatch(/^Measured today\.\n/);
		expect(text).toContain('| `fifty-items-wall` | 1.02 | 15.3 s | 15 s | 1.05: met |');
		expect(text).toContain('`overhead-per-item` is missed by 54 %: 2 instead of 1.3.');
		expect(text).toContain('| `peer-slow-fifty-items-wall` | 10.2 | 10 | 153 s |');
	});
});

describe('the command line', () => {
	it('measures everything once by default', () => {
		expect(readCommandLine([])).toMatchObject({ ours: false, runs: 1, only: [], docs: false });
		expect(readCommandLine(['--help'])).toBeUndefined();
	});

	it.each(['0', '1.5', 'x', '1000'])('refuses --runs %s', (runs) => {
		expect(() => readCommandLine(['--runs', runs])).toThrow(`--runs is ${runs}`);
	});
});
