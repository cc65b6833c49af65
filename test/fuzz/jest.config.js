const { randomInt } = require('crypto');
const { readdirSync, readFileSync } = require('fs');
const { join, resolve } = require('path');

const base = require('../jest.config.js');

const test = resolve(__dirname, '..');
const seed = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 31));
if (!Number.isSafeInteger(seed)) throw new Error('FUZZ_SEED is not a whole number');
process.stderr.write(`The same cases again: FUZZ_SEED=${seed} npm run test:fuzz\n`);

/** The tests in test/fuzz take their cases from choices.ts, which uses fast-check. */
const hasProperties = (file) => /from '(fast-check|\.\/choices)'/.test(readFileSync(file, 'utf8'));

/**
 * Every property of the tests, with new cases in each run, and more of them if a test doesn't specify how many.
 */
/** @type {import('jest').Config} */
module.exports = {
	...base,
	rootDir: '../..',
	testMatch: readdirSync(test, { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith('.test.ts'))
		.map((file) => join(test, file))
		.filter(hasProperties),
	globals: { fastCheck: { seed, numRuns: 2000 } },
};
