/** @type {import('jest').Config} */
module.exports = {
	...require('../jest.config.js'),
	rootDir: '../..',
	testMatch: ['<rootDir>/test/queue/**/*.test.ts'],
	testPathIgnorePatterns: ['/node_modules/'],
	// The longest wait is n8n's own: two minutes until it gives the execution of a dead worker up.
	testTimeout: 240_000,
	// Five processes of n8n and their database at once are enough for a machine.
	maxWorkers: 1,
	reporters: ['default', '<rootDir>/test/queue/lastLine.js'],
};
