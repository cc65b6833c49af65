import { chown, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runOrThrow } from '../realN8n/childProcess';
import { cleanEnvironment } from '../realN8n/environment';
import { startProgram, type Server, type User } from './server';

/** Debian keeps the programs of each version in a separate folder, which isn't on the path. */
const DEBIAN_FOLDER = '/usr/lib/postgresql';

/** The name of the database and of its only user. */
export const DATABASE = 'n8n';

async function programsFolder(): Promise<string> {
	const versions = await readdir(DEBIAN_FOLDER).catch(() => []);
	const newest = versions.map(Number).sort((a, b) => b - a)[0];
	return newest === undefined ? '' : join(DEBIAN_FOLDER, String(newest), 'bin');
}

/** PostgreSQL refuses to run as root, so Debian has created a user for it. */
async function userOfPostgres(): Promise<User | undefined> {
	if (process.getuid?.() !== 0) return undefined;
	const ask = async (what: string) =>
		Number((await runOrThrow('id', [what, 'postgres'], { cwd: '/', env: process.env })).stdout);
	return { uid: await ask('-u'), gid: await ask('-g') };
}

/** Starts PostgreSQL on a loopback port, with a new database in the given folder. */
export async function startPostgres(folder: string, port: number): Promise<Server> {
	const programs = await programsFolder();
	const user = await userOfPostgres();
	const data = join(folder, 'data');
	await mkdir(data, { recursive: true, mode: 0o700 });
	if (user !== undefined) {
		for (const path of [folder, data]) await chown(path, user.uid, user.gid);
	}
	const settings = { cwd: folder, env: { ...cleanEnvironment(), LC_ALL: 'C' }, ...user };
	await runOrThrow(
		join(programs, 'initdb'),
		['--auth=trust', '--encoding=UTF8', `--username=${DATABASE}`, '--no-sync', '-D', data],
		settings,
	);
	const address = ['-h', '127.0.0.1', '-p', String(port)];
	const server = await startProgram({
		command: join(programs, 'postgres'),
		// Unwritten data survives a killed process. Only a crash of the machine would lose it.
		args: ['-D', data, ...address, '-k', folder, '-c', 'fsync=off'],
		user,
		folder,
		probe: [join(programs, 'pg_isready'), ...address, '-q'],
	});
	await runOrThrow(join(programs, 'createdb'), [...address, '-U', DATABASE, DATABASE], settings);
	return server;
}
