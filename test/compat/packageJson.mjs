/**
 * Versions of n8n's own dependencies that are installed instead of those that it asks for, as the registry
 * has not got them. The same as in sandbox/n8n/package.json.
 */
const OVERRIDES = {
	'2.41.1': { linkedom: '0.18.12', '@langchain/langgraph': '1.4.0' },
};

/** The package.json of a folder into which one version of n8n, or of Node.js, is installed. */
export function packageJson(kind, version) {
	const overrides = kind === 'n8n' ? OVERRIDES[version] : undefined;
	return JSON.stringify(
		{ private: true, dependencies: { [kind]: version }, ...(overrides && { overrides }) },
		null,
		'\t',
	);
}
