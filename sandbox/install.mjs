/**
 * Makes node_modules match package-lock.json. With --n8n, it also sets up the real n8n in sandbox/n8n, with
 * --clients the official clients in checks/clients, with --servers Redis and PostgreSQL. The system's Node runs
 * it before anything is installed, so it uses only built-in modules. Later the project's own Node runs it. If
 * there is nothing to do, it ends within milliseconds.
 */
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { InstallError, run, stopOnSignals } from './install/command.mjs';
import { INSTALL, npm } from './install/npm.mjs';
import { CLIENTS_FOLDER, N8N_FOLDER, PROJECT, PROJECT_NODE } from './install/paths.mjs';
import { installServers } from './install/servers.mjs';
import { Stamp, fingerprintOf } from './install/stamp.mjs';

const OLDEST_NODE_MAJOR = 20;

function checkDiskSpace(neededGigabytes) {
	const { bavail, bsize } = fs.statfsSync(PROJECT);
	const freeGigabytes = (bavail * bsize) / 1e9;
	if (freeGigabytes < neededGigabytes) {
		throw new InstallError(
			`The disk has ${freeGigabytes.toFixed(1)} GB free; this needs about ${neededGigabytes} GB.`,
		);
	}
}

async function installParts({ what, stamp, neededGigabytes, steps }) {
	const finished = stamp.finished();
	const missing = Object.entries(steps).filter(([name]) => !finished.includes(name));
	if (missing.length === 0) return;
	console.log(what);
	checkDiskSpace(neededGigabytes);
	if (finished.length === 0) stamp.clear();
	for (const [name, step] of missing) {
		await step();
		stamp.add(name);
	}
}

async function installProject() {
	await installParts({
		what: 'Installing the packages that the project is built and tested with (about a minute).',
		stamp: new Stamp(
			path.join(PROJECT, 'node_modules'),
			fingerprintOf(PROJECT, ['package-lock.json']),
		),
		neededGigabytes: 1.5,
		steps: {
			packages: () => npm('Downloading them', PROJECT, INSTALL),
			node: async () => {
				await npm("Fetching the project's own Node.js", PROJECT, [
					'rebuild',
					'node',
					'--ignore-scripts=false',
				]);
				await run('Trying it', { command: PROJECT_NODE, args: ['--version'], cwd: PROJECT });
			},
		},
	});
}

/** The folder with the C headers of the project's Node, for packages that must be compiled. */
function nodeHeaders() {
	const packages = path.join(PROJECT, 'node_modules', 'node', 'node_modules');
	if (!fs.existsSync(packages)) return undefined;
	return fs
		.readdirSync(packages)
		.map((name) => path.join(packages, name))
		.find((folder) => fs.existsSync(path.join(folder, 'include', 'node', 'node.h')));
}

async function installN8n() {
	const headers = nodeHeaders();
	await installParts({
		what: 'Setting up the real n8n in sandbox/n8n: 2.8 GB, usually 3 to 6 minutes, only the first time.',
		stamp: new Stamp(
			path.join(N8N_FOLDER, 'node_modules'),
			fingerprintOf(N8N_FOLDER, ['package.json', 'package-lock.json']),
		),
		neededGigabytes: 4.5,
		steps: {
			packages: () => npm('Downloading n8n', N8N_FOLDER, INSTALL),
			sqlite3: async () => {
				await npm(
					"Building n8n's database driver",
					N8N_FOLDER,
					['rebuild', 'sqlite3', '--ignore-scripts=false'],
					headers ? { npm_config_nodedir: headers } : {},
				);
				await run('Trying it', {
					command: PROJECT_NODE,
					args: ['-e', "require('sqlite3')"],
					cwd: N8N_FOLDER,
				});
			},
		},
	});
}

async function installClients() {
	await installParts({
		what: 'Installing the official clients of the providers in checks/clients (less than a minute).',
		stamp: new Stamp(
			path.join(CLIENTS_FOLDER, 'node_modules'),
			fingerprintOf(CLIENTS_FOLDER, ['package.json', 'package-lock.json']),
		),
		neededGigabytes: 0.5,
		steps: { packages: () => npm('Downloading them', CLIENTS_FOLDER, INSTALL) },
	});
}

async function main() {
	const major = Number(process.versions.node.split('.')[0]);
	if (major < OLDEST_NODE_MAJOR) {
		throw new InstallError(
			`This is Node.js ${process.versions.node}; version ${OLDEST_NODE_MAJOR} or newer is needed (https://nodejs.org).`,
		);
	}
	stopOnSignals();
	await installProject();
	if (process.argv.includes('--n8n')) await installN8n();
	if (process.argv.includes('--clients')) await installClients();
	if (process.argv.includes('--servers')) await installServers();
}

try {
	await main();
} catch (error) {
	console.error(`\n${error instanceof InstallError ? error.message : error.stack}`);
	process.exitCode = 1;
}
