import fc from 'fast-check';

/** The choices behind a test case, read one after another. When they run out, the first option is chosen. */
export interface Choices {
	/** An integer from 0 up to, but not including, the count, which is at most 256. */
	readonly below: (count: number) => number;
	readonly pick: <T>(values: readonly T[]) => T;
	readonly isEmpty: () => boolean;
}

function choicesFrom(bytes: Uint8Array): Choices {
	let place = 0;
	const below = (count: number) => (bytes[place++] ?? 0) % count;
	return {
		below,
		pick: (values) => values[below(values.length)]!,
		isEmpty: () => place >= bytes.length,
	};
}

/**
 * Cases built from random bytes. This is much cheaper than fast-check's trees of values, and counterexamples
 * still shrink, because fewer and smaller bytes give a simpler case.
 */
export function casesOf<T>(build: (choices: Choices) => T): fc.Arbitrary<T> {
	return fc.uint8Array({ maxLength: 32, size: 'max' }).map((bytes) => build(choicesFrom(bytes)));
}

/** How many cases each parser gets. The run's seed decides which (see test/jest.config.js). */
export const numRuns = 100_000;

/** `expect` takes longer than the parsers themselves. */
export function check(isTrue: boolean, message: string): asserts isTrue {
	if (!isTrue) throw new Error(message);
}

const watched = [Object, Array, String, Number, Boolean, Function].map(
	({ prototype }) => prototype as object,
);
const describeAll = () =>
	watched.map((prototype) => Object.entries(Object.getOwnPropertyDescriptors(prototype)));
const before = describeAll();
const counts = watched.map((prototype) => Reflect.ownKeys(prototype).length);

/** The longest that a single case may take. A hang takes longer, a pause of the machine doesn't. */
const maxCaseMs = 2000;

/** Checks a property for all cases. After each case, the prototypes must be unchanged. */
export function holdsFor<T>(cases: fc.Arbitrary<T>, property: (value: T) => void): void {
	let count = 0;
	// Most bodies end in an error. Its stack isn't used and would take most of the time.
	const { stackTraceLimit } = Error;
	Error.stackTraceLimit = 0;
	try {
		fc.assert(
			fc.property(cases, (value) => {
				const startedAt = performance.now();
				property(value);
				count += 1;
				check(performance.now() - startedAt < maxCaseMs, 'It takes too long');
				watched.forEach((prototype, index) =>
					check(Reflect.ownKeys(prototype).length === counts[index], 'A prototype is polluted'),
				);
			}),
			{ numRuns },
		);
	} finally {
		Error.stackTraceLimit = stackTraceLimit;
	}
	expect(count).toBeGreaterThanOrEqual(numRuns);
	expect(describeAll()).toStrictEqual(before);
}
