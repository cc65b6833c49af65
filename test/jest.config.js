const { randomUUID } = require('crypto');
const { tmpdir } = require('os');
const { join } = require('path');

// This run's own folder. The workers inherit the variable, and teardown.ts removes the folder.
process.env.Z_IMAGE_TEST_FOLDER = join(tmpdir(), `z-image-test-${randomUUID()}`);

/** @type {import('jest').Config} */
module.exports = {
	rootDir: '..',
	testEnvironment: 'node',
	setupFiles: ['<rootDir>/test/setup.js'],
	globalTeardown: '<rootDir>/test/teardown.ts',
	testMatch: ['<rootDir>/test/**/*.test.ts'],
	testPathIgnorePatterns: [
		'<rootDir>/test/e2e/',
		'<rootDir>/test/queue/',
		'<rootDir>/test/ui/',
		'/node_modules/',
	],
	modulePathIgnorePatterns: ['<rootDir>/sandbox/n8n/', '<rootDir>/dist/'],
	transform: { '\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/test/tsconfig.json' }] },
	testTimeout: 30_000,
	// On a busy machine a worker without any open handle needs longer than jest's 500 ms to end.
	workerGracefulExitTimeout: 5_000,
	// The same cases in every run, so that `npm test` never fails by chance. Other cases: `npm run test:fuzz`.
	globals: { fastCheck: { seed: 42 } },
	moduleNameMapper: { '^fast-check$': '<rootDir>/test/support/fastCheck.js' },
};
