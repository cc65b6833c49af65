/** @type {import('jest').Config} */
module.exports = {
	...require('../jest.config.js'),
	rootDir: '../..',
	testMatch: ['<rootDir>/test/ui/**/*.test.ts'],
	testPathIgnorePatterns: ['/node_modules/'],
	// One n8n, one sandbox and one browser for all tests.
	globalSetup: '<rootDir>/test/ui/start.ts',
	globalTeardown: '<rootDir>/test/ui/stop.ts',
	testTimeout: 120_000,
	maxWorkers: 1,
};
