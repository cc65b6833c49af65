import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cleanEnvironment } from '../sandbox/realN8n/environment';
import { median } from './statistics';
import { withTemporaryFolder } from './temporaryFolder';

const PROCESSES = 25;
const WITHIN_MS = 60_000;

const run = promisify(execFile);

/** How long n8n takes for a package: when it starts, and when each of its nodes is first used. */
export interface LoadTimes {
	readonly startMs: number;
	readonly firstUseMs: number;
}

async function loadOnce(otherFolder: string, folder: string): Promise<LoadTimes> {
	const script = require.resolve('./loadPackage.cjs');
	const { stdout } = await run(process.execPath, ['--expose-gc', script, otherFolder, folder], {
		env: { ...cleanEnvironment(), NODE_ENV: 'production', N8N_USER_FOLDER: tmpdir() },
		timeout: WITHIN_MS,
	});
	return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as LoadTimes;
}

/** A package without nodes, of the form of n8n's own. */
async function writeEmptyPackage(folder: string): Promise<void> {
	await writeFile(
		join(folder, 'package.json'),
		JSON.stringify({ name: 'n8n-nodes-none', n8n: {} }),
	);
	for (const [kind, content] of [
		['known', {}],
		['types', []],
	] as const) {
		await mkdir(join(folder, 'dist', kind), { recursive: true });
		for (const name of ['nodes', 'credentials']) {
			await writeFile(join(folder, 'dist', kind, `${name}.json`), JSON.stringify(content));
		}
	}
}

/** Loads each package into new n8n processes, in turns, so that noise affects all of them. Returns medians. */
export async function packageLoadMs(folders: readonly string[]): Promise<LoadTimes[]> {
	return await withTemporaryFolder(async (otherFolder) => {
		await writeEmptyPackage(otherFolder);
		const times = folders.map((): LoadTimes[] => []);
		for (let round = 0; round < PROCESSES; round++) {
			for (const [index, folder] of folders.entries()) {
				times[index]?.push(await loadOnce(otherFolder, folder));
			}
		}
		return times.map((all) => ({
			startMs: median(all.map(({ startMs }) => startMs)),
			firstUseMs: median(all.map(({ firstUseMs }) => firstUseMs)),
		}));
	});
}
