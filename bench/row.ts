import { median } from './statistics';

export type Unit = 's' | 'ms' | 'MB' | 'kB' | 'requests';

/** One line of the table. */
export interface Row {
	readonly name: string;
	readonly unit: Unit;
	readonly value: number;
	/** What the value is compared to, in the same unit. `null` if there is nothing. */
	readonly limit: number | null;
	/** `value` divided by `limit`. */
	readonly ratio: number | null;
	/** The largest acceptable ratio. `null` if the row is only informative. */
	readonly goal: number | null;
	readonly met: boolean | null;
}

/** A run's measurement. A measured limit may differ from run to run. */
export interface Sample {
	readonly name: string;
	readonly unit: Unit;
	readonly value: number;
	readonly limit?: number;
	readonly goal?: number;
}

function round(value: number): number {
	return Number(value.toPrecision(4));
}

/** One row per name, with the medians of all runs. */
export function toRows(samples: readonly Sample[]): Row[] {
	const names = [...new Set(samples.map(({ name }) => name))];
	return names.flatMap((name) => {
		const same = samples.filter((sample) => sample.name === name);
		const [first] = same;
		if (first === undefined) return [];
		const value = median(same.map((sample) => sample.value));
		const limits = same.flatMap(({ limit }) => (limit === undefined ? [] : [limit]));
		const limit = limits.length > 0 ? median(limits) : null;
		const ratio = limit === null ? null : value / limit;
		const goal = first.goal ?? null;
		return [
			{
				name,
				unit: first.unit,
				value: round(value),
				limit: limit === null ? null : round(limit),
				ratio: ratio === null ? null : round(ratio),
				goal,
				met: ratio === null || goal === null ? null : ratio <= goal,
			},
		];
	});
}

/** The smallest and largest value of each name's runs. */
export function spread(samples: readonly Sample[], name: string): readonly [number, number] {
	const values = samples.filter((sample) => sample.name === name).map(({ value }) => value);
	return [round(Math.min(...values)), round(Math.max(...values))];
}
