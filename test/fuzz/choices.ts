import fc from 'fast-check';

/** Choices that a test case is made of, read one after the other; when none are left, the first of all. */
export interface Choices {
	/** A whole number from 0 to below the count, which is at most 256. */
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
 * Cases that are built of random bytes: far cheaper than fast-check's own trees of values, and a
 * counterexample still becomes small, as fewer and smaller bytes make a simpler case.
 */
export function casesOf<T>(build: (choices: Choices) => T): fc.Arbitrary<T> {
	return fc.uint8Array({ maxLength: 32, size: 'max' }).map((bytes) => build(choicesFrom(bytes)));
}

/** How many cases each parser has to go through; which ones, the seed of the run says (see test/jest.config.js). */
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

/** The longest that a single case may take: a hang is longer, a pause of the machine is not. */
const maxCaseMs = 2000;

/** Lets a property hold for all cases; after each one the prototypes have to be as they were. */
export function holdsFor<T>(cases: fc.Arbitrary<T>, property: (value: T) => void): void {
	let count = 0;
	// Most bodies end in an error, whose stack nobody looks at and which would take most of the time.
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
