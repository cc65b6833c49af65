const base = require('../../test/jest.config.js');

/** Only the unit tests. Each mutant runs the tests that reach it. */
/** @type {import('jest').Config} */
module.exports = {
	...base,
	rootDir: '../..',
	testMatch: [
		'applyLoraPreset',
		'errors',
		'generate',
		'getTaskResult',
		'http',
		'hub',
		'images',
		'lora',
		'paid',
		'providers',
		'run',
		'tasks',
	].map((folder) => `<rootDir>/test/${folder}/**/*.test.ts`),
};
