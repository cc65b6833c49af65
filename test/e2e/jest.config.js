/** @type {import('jest').Config} */
module.exports = {
	...require('../jest.config.js'),
	rootDir: '../..',
	testMatch: ['<rootDir>/test/e2e/**/*.test.ts'],
	testPathIgnorePatterns: ['/node_modules/'],
	// Each test starts n8n's command line. The first one also creates its database.
	testTimeout: 120_000,
	// Each file starts its own n8n. In parallel they would only be slower.
	maxWorkers: 1,
};
