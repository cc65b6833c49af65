/**
 * Prints as JSON how many milliseconds n8n's own loader takes for a package when n8n starts, and then for each
 * of its nodes when it is first used. This is plain JavaScript because the process must contain only n8n. n8n
 * itself and its dependencies are loaded before, and another package, as n8n loads its own before all others. What that
 * leaves behind is collected, because a garbage collection takes as long as the package.
 *
 * node --expose-gc loadPackage.cjs OTHER_PACKAGE PACKAGE
 */
require('reflect-metadata');
const { LazyPackageDirectoryLoader } = require('n8n-core');
require('n8n-workflow');
require('zod');

const [otherFolder, folder] = process.argv.slice(2);

async function main() {
	await new LazyPackageDirectoryLoader(otherFolder).loadAll();
	globalThis.gc();
	const start = performance.now();
	const loader = new LazyPackageDirectoryLoader(folder);
	await loader.loadAll();
	const loaded = performance.now();
	for (const name of Object.keys(loader.known.nodes)) loader.getNode(name);
	console.log(JSON.stringify({ startMs: loaded - start, firstUseMs: performance.now() - loaded }));
}

void main();
