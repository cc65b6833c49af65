/**
 * Prints as JSON how many milliseconds n8n's own loader takes for a package when n8n starts, and then for each
 * of its nodes when it is first used. This is plain JavaScript because the process must contain only n8n. n8n
 * itself and its dependencies are loaded before.
 */
require('reflect-metadata');
const { LazyPackageDirectoryLoader } = require('n8n-core');
require('n8n-workflow');
require('zod');

async function main() {
	const start = performance.now();
	const loader = new LazyPackageDirectoryLoader(process.argv[2]);
	await loader.loadAll();
	const loaded = performance.now();
	for (const name of Object.keys(loader.known.nodes)) loader.getNode(name);
	console.log(JSON.stringify({ startMs: loaded - start, firstUseMs: performance.now() - loaded }));
}

void main();
