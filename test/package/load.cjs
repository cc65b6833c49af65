// Loads a package like n8n and prints what n8n then knows of it, as JSON: `node load.cjs <package folder>`
require('reflect-metadata');
const { LazyPackageDirectoryLoader, PackageDirectoryLoader } = require('n8n-core');

const folder = process.argv[2];

// n8n's start reads the lists that the build wrote. Installing a package runs its code.
async function main() {
	const atStart = new LazyPackageDirectoryLoader(folder);
	await atStart.loadAll();
	const files = Object.keys(require.cache).filter((file) => file.startsWith(folder));
	const atInstall = new PackageDirectoryLoader(folder);
	await atInstall.loadAll();
	console.log(
		JSON.stringify({
			packageName: atInstall.packageName,
			nodes: atInstall.types.nodes,
			credentials: atInstall.types.credentials,
			known: atInstall.known,
			start: {
				files,
				nodes: atStart.types.nodes,
				credentials: atStart.types.credentials,
				known: atStart.known,
			},
		}),
	);
}

void main();
