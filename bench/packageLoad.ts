import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { cleanEnvironment } from '../sandbox/realN8n/environment';
import { median } from './statistics';

const PROCESSES = 9;
const WITHIN_MS = 60_000;

const run = promisify(execFile);

/** How long n8n takes for a package: when it starts, and when each of its nodes is first used. */
export interface LoadTimes {
	readonly startMs: number;
	readonly firstUseMs: number;
}

async function loadOnce(folder: string): Promise<LoadTimes> {
	const { stdout } = await run(process.execPath, [require.resolve('./loadPackage.cjs'), folder], {
		env: { ...cleanEnvironment(), NODE_ENV: 'production', N8N_USER_FOLDER: tmpdir() },
		timeout: WITHIN_MS,
	});
	return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as LoadTimes;
}

/** Loads each package into new n8n processes, in turns, so that noise affects all of them. Returns medians. */
export async function packageLoadMs(folders: readonly string[]): Promise<LoadTimes[]> {
	const times = folders.map((): LoadTimes[] => []);
	for (let round = 0; round < PROCESSES; round++) {
		for (const [index, folder] of folders.entries()) times[index]?.push(await loadOnce(folder));
	}
	return times.map((all) => ({
		startMs: median(all.map(({ startMs }) => startMs)),
		firstUseMs: median(all.map(({ firstUseMs }) => firstUseMs)),
	}));
}
