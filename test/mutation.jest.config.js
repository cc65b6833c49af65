const base = require('./jest.config.js');

/** The unit tests alone: each mutant runs those that reach it. */
/** @type {import('jest').Config} */
module.exports = {
	...base,
	testMatch: [
		'http',
		'input',
		'lora',
		'operations',
		'output',
		'properties',
		'providers',
		'tasks',
	].map((folder) => `<rootDir>/test/${folder}/**/*.test.ts`),
};
