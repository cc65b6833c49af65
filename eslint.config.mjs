import { buildScanConfig } from './test/package/scanConfig.mjs';
import { globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default [
	globalIgnores([
		'dist/',
		'coverage/',
		'output/',
		'reports/',
		'sandbox/n8n/',
		'.n8n-sandbox/',
		'test/fixtures/',
	]),
	...tseslint.configs.recommendedTypeChecked.map((config) => ({ ...config, files: ['**/*.ts'] })),
	{
		files: ['**/*.ts'],
		languageOptions: {
			parserOptions: { project: 'test/tsconfig.json', tsconfigRootDir: import.meta.dirname },
		},
		rules: {
			'@typescript-eslint/consistent-type-imports': 'error',
			'@typescript-eslint/no-explicit-any': 'error',
			'@typescript-eslint/return-await': ['error', 'always'],
			'@typescript-eslint/switch-exhaustiveness-check': 'error',
		},
	},
	{
		// Tests read fields of an item's json, which may be anything, and fake what is asynchronous.
		files: ['test/**/*.ts', 'checks/**/*.ts'],
		rules: {
			'@typescript-eslint/no-base-to-string': 'off',
			'@typescript-eslint/require-await': 'off',
		},
	},
	{
		// They have types only where the clients are installed; `npm run check:clients` checks those.
		files: ['checks/clients/*.ts'],
		...tseslint.configs.disableTypeChecked,
	},
	...buildScanConfig(),
	{
		// Everything but what is published: a person reads its output in the terminal.
		files: ['sandbox/**', 'test/**', 'checks/**', 'bench/**', '*.js', '*.mjs'],
		rules: { 'no-console': 'off' },
	},
];
