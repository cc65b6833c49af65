// Loads a package as n8n does and prints what n8n then knows of it, as JSON: `node load.cjs <package folder>`
require('reflect-metadata');
const { PackageDirectoryLoader } = require('n8n-core');

async function main() {
	const loader = new PackageDirectoryLoader(process.argv[2]);
	await loader.loadAll();
	console.log(
		JSON.stringify({
			packageName: loader.packageName,
			nodes: loader.types.nodes,
			credentials: loader.types.credentials,
			nodeClasses: Object.keys(loader.nodeTypes),
		}),
	);
}

void main();
