/** @type {import('jest').Config} */
module.exports = {
	...require('../jest.config.js'),
	rootDir: '../..',
	testMatch: ['<rootDir>/test/queue/**/*.test.ts'],
	testPathIgnorePatterns: ['/node_modules/'],
	// The longest wait is n8n's own: it gives up a dead worker's execution after two minutes.
	testTimeout: 240_000,
	// One set of five n8n processes and their database is enough for a machine.
	maxWorkers: 1,
	reporters: ['default', '<rootDir>/test/queue/lastLine.js'],
};
