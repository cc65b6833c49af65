// Prints what n8n's package scan says of a folder, as JSON: `node scan.mjs <folder> <pattern>...`
import { ESLint } from 'eslint';

import { buildScanConfig } from './scanConfig.mjs';

const [folder, ...patterns] = process.argv.slice(2);
const eslint = new ESLint({
	cwd: folder,
	allowInlineConfig: false,
	overrideConfigFile: true,
	overrideConfig: buildScanConfig(['**/*']),
});
const results = await eslint.lintFiles(patterns);
const messages = results.flatMap(({ filePath, messages: found }) =>
	found.map(({ line, ruleId, severity, message }) => ({
		filePath,
		line,
		ruleId,
		severity,
		message,
	})),
);
console.log(JSON.stringify({ files: results.map(({ filePath }) => filePath), messages }));
