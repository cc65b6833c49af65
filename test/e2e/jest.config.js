/** @type {import('jest').Config} */
module.exports = {
	...require('../jest.config.js'),
	rootDir: '../..',
	testMatch: ['<rootDir>/test/e2e/**/*.test.ts'],
	testPathIgnorePatterns: ['/node_modules/'],
	// Each test starts n8n's command line; the first one also builds its database.
	testTimeout: 120_000,
	// A real n8n each: side by side they would only be slower.
	maxWorkers: 1,
};
