import fc from 'fast-check';

it("the cases depend on the run's seed, which its jest.config.js sets", () => {
	const { seed } = (globalThis as unknown as { fastCheck: { seed: number } }).fastCheck;
	expect(Number.isSafeInteger(seed)).toBe(true);
	expect(fc.readConfigureGlobal()).toMatchObject({ seed });
	expect(fc.sample(fc.nat(), 5)).toEqual(fc.sample(fc.nat(), { seed, numRuns: 5 }));
});
