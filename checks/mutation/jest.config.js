const base = require('../../test/jest.config.js');

/** The unit tests alone: each mutant runs those that reach it. */
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
