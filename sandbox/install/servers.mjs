import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { InstallError, run } from './command.mjs';
import { PROJECT } from './paths.mjs';

/** Debian keeps the programs of each PostgreSQL version here, in a folder that isn't on the path. */
const POSTGRES_FOLDER = '/usr/lib/postgresql';

/** What n8n needs in queue mode: Debian's package, and a program in it. */
const SERVERS = [
	{ name: 'redis-server', program: 'redis-server' },
	{ name: 'postgresql', program: 'initdb' },
];

function folders() {
	const onPath = (process.env.PATH ?? '').split(path.delimiter);
	const versions = fs.existsSync(POSTGRES_FOLDER) ? fs.readdirSync(POSTGRES_FOLDER) : [];
	return [...onPath, ...versions.map((version) => path.join(POSTGRES_FOLDER, version, 'bin'))];
}

const isInstalled = (program) =>
	folders().some((folder) => fs.existsSync(path.join(folder, program)));

const missingServers = () =>
	SERVERS.filter(({ program }) => !isInstalled(program)).map(({ name }) => name);

/** Installs Redis and PostgreSQL with Debian's apt-get if they are missing. */
export async function installServers() {
	const missing = missingServers();
	if (missing.length === 0) return;
	const names = missing.join(' and ');
	if (process.getuid?.() !== 0 || !isInstalled('apt-get')) {
		throw new InstallError(
			`Queue mode needs programs that are missing: ${names}. Install them, then start again. On Debian and Ubuntu:\n\n    sudo apt-get install ${missing.join(' ')}`,
		);
	}
	console.log(`Installing what n8n needs in queue mode: ${names} (less than a minute).`);
	// They are only installed, not started: at run level 1, Debian's packages start nothing.
	const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
	const aptGet = (label, ...args) => run(label, { command: 'apt-get', args, cwd: PROJECT, env });
	await aptGet('Reading the list of packages', 'update', '-qq');
	await aptGet('Installing them', 'install', '-y', '-qq', '--no-install-recommends', ...missing);
	const stillMissing = missingServers();
	if (stillMissing.length > 0) {
		throw new InstallError(`apt-get hasn't installed ${stillMissing.join(' and ')}.`);
	}
}
