/**
 * Installs one version of n8n or of Node.js in its own folder: `node install.mjs n8n 1.88.0`, `node install.mjs
 * node 22`. Prints the folder last. If everything is installed already, it ends within milliseconds.
 */
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { InstallError, run, stopOnSignals } from '../../sandbox/install/command.mjs';
import { INSTALL, npm } from '../../sandbox/install/npm.mjs';
import { Stamp, fingerprintOf } from '../../sandbox/install/stamp.mjs';
import { cacheFolder } from './cacheFolder.mjs';
import { packageJson } from './packageJson.mjs';

const NEEDED_BYTES = { n8n: 4e9, node: 0.5e9 };

/**
 * Code compiled with the headers of a newer Node.js crashes in an older one, although Node-API is said to be
 * the same in both. Code compiled with the oldest headers works everywhere.
 */
const OLDEST_NODE = '20';

/** The folder with the C headers of the oldest Node.js. */
async function nodeHeaders() {
	const folder = await install('node', OLDEST_NODE);
	const [headers] = fs.globSync(
		path.join(folder, 'node_modules/node/node_modules/node-*/include/node/node.h'),
	);
	return headers && path.resolve(headers, '../../..');
}

async function installPackages(folder) {
	await npm('Downloading', folder, INSTALL);
}

/** The steps of each kind of installation, under their names in the stamp. */
const STEPS = {
	n8n: {
		packages: installPackages,
		sqlite3: async (folder) => {
			const headers = await nodeHeaders();
			await npm(
				"Building n8n's database driver",
				folder,
				['rebuild', 'sqlite3', '--ignore-scripts=false'],
				headers ? { npm_config_nodedir: headers } : {},
			);
		},
	},
	node: {
		packages: installPackages,
		binary: async (folder) => {
			await npm('Fetching the program', folder, ['rebuild', 'node', '--ignore-scripts=false']);
			const command = path.join(folder, 'node_modules', '.bin', 'node');
			await run('Trying it', { command, args: ['--version'], cwd: folder });
		},
	},
};

function checkDiskSpace(folder, neededBytes) {
	const { bavail, bsize } = fs.statfsSync(folder);
	if (bavail * bsize < neededBytes) {
		throw new InstallError(`The disk has ${((bavail * bsize) / 1e9).toFixed(1)} GB free.`);
	}
}

async function install(kind, version) {
	const folder = path.join(cacheFolder(), `${kind}-${version}`);
	fs.mkdirSync(folder, { recursive: true });
	fs.writeFileSync(path.join(folder, 'package.json'), packageJson(kind, version));
	const stamp = new Stamp(
		path.join(folder, 'node_modules'),
		fingerprintOf(folder, ['package.json']),
	);
	const finished = stamp.finished();
	const missing = Object.entries(STEPS[kind]).filter(([name]) => !finished.includes(name));
	if (missing.length > 0) {
		console.log(`Setting up ${kind} ${version} in ${folder}.`);
		checkDiskSpace(folder, NEEDED_BYTES[kind]);
		if (finished.length === 0) stamp.clear();
	}
	for (const [name, step] of missing) {
		await step(folder);
		stamp.add(name);
	}
	return folder;
}

stopOnSignals();
try {
	const [kind, version] = process.argv.slice(2);
	await install(kind, version);
} catch (error) {
	console.error(`\n${error instanceof InstallError ? error.message : error.stack}`);
	process.exitCode = 1;
}
