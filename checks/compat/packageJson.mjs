/**
 * Replacements for packages that n8n requires but that aren't available here. Some have another version where
 * the registry lacks the exact one. `xlsx` is only on its maker's own site, so the same code is installed under
 * the name that later versions of n8n use.
 */
const XLSX = { xlsx: 'npm:@e965/xlsx@0.20.3' };
const OVERRIDES = {
	// The same as in sandbox/n8n/package.json.
	'2.35.7': { linkedom: '0.18.12', '@langchain/langgraph': '1.4.0' },
};

/** The package.json of the folder where one version of n8n or of Node.js is installed. */
export function packageJson(kind, version) {
	const overrides = kind === 'n8n' ? { overrides: OVERRIDES[version] ?? XLSX } : {};
	return JSON.stringify({ private: true, dependencies: { [kind]: version }, ...overrides });
}
