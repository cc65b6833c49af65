/**
 * Prints how many milliseconds n8n's own loader takes for a package. Plain JavaScript, as nothing
 * but n8n may be in the process; n8n itself and what it brings are loaded before.
 */
require('reflect-metadata');
const { PackageDirectoryLoader } = require('n8n-core');
require('n8n-workflow');
require('zod');

async function main() {
	const start = performance.now();
	await new PackageDirectoryLoader(process.argv[2]).loadAll();
	console.log(performance.now() - start);
}

void main();
