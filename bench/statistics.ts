/**
 * The value below which this share of the values lies. For an even number of values, the median is the mean of
 * the middle two.
 */
export function quantile(values: readonly number[], share: number): number {
	const sorted = [...values].sort((one, other) => one - other);
	const place = (sorted.length - 1) * share;
	const low = sorted[Math.floor(place)];
	const high = sorted[Math.ceil(place)];
	if (low === undefined || high === undefined)
		throw new Error('There is nothing to take a median of');
	return low + (high - low) * (place - Math.floor(place));
}

/** The middle of the values. */
export const median = (values: readonly number[]): number => quantile(values, 0.5);
