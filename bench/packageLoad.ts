import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { cleanEnvironment } from '../sandbox/realN8n/environment';
import { median } from './statistics';

const PROCESSES = 9;
const WITHIN_MS = 60_000;

const run = promisify(execFile);

async function loadOnce(folder: string): Promise<number> {
	const { stdout } = await run(process.execPath, [require.resolve('./loadPackage.cjs'), folder], {
		env: { ...cleanEnvironment(), NODE_ENV: 'production', N8N_USER_FOLDER: tmpdir() },
		timeout: WITHIN_MS,
	});
	return Number(stdout.trim().split('\n').at(-1));
}

/** Milliseconds to load each of the packages into a new n8n, in turns, so that noise hits all of them. */
export async function packageLoadMs(folders: readonly string[]): Promise<number[]> {
	const times = folders.map((): number[] => []);
	for (let round = 0; round < PROCESSES; round++) {
		for (const [index, folder] of folders.entries()) times[index]?.push(await loadOnce(folder));
	}
	return times.map((all) => median(all));
}
