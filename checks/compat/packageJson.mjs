/**
 * Packages that are installed instead of those that n8n asks for, because they cannot be had here: another version
 * where the registry lacks the right one, and for `xlsx`, which is not on the registry but on its maker's own site,
 * the same code under the name by which later versions of n8n have it.
 */
const XLSX = { xlsx: 'npm:@e965/xlsx@0.20.3' };
const OVERRIDES = {
	// The same as in sandbox/n8n/package.json.
	'2.35.7': { linkedom: '0.18.12', '@langchain/langgraph': '1.4.0' },
};

/** The package.json of a folder into which one version of n8n, or of Node.js, is installed. */
export function packageJson(kind, version) {
	const overrides = kind === 'n8n' ? { overrides: OVERRIDES[version] ?? XLSX } : {};
	return JSON.stringify({ private: true, dependencies: { [kind]: version }, ...overrides });
}
