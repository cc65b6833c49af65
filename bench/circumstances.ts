import { execFile } from 'node:child_process';
import { availableParallelism, totalmem } from 'node:os';
import { promisify } from 'node:util';
import { PROJECT_FOLDER } from '../sandbox/realN8n/paths';

const run = promisify(execFile);

async function git(...args: readonly string[]): Promise<string | undefined> {
	try {
		return (await run('git', args, { cwd: PROJECT_FOLDER })).stdout.trim();
	} catch {
		return undefined;
	}
}

/** When, where and on what the benchmark ran, as one sentence without the machine's name. */
export async function circumstances(runs: number): Promise<string> {
	const date = new Date().toISOString().slice(0, 10);
	const commit = await git('rev-parse', '--short', 'HEAD');
	const changes = await git('status', '--porcelain', '--', 'nodes', 'credentials', 'package.json');
	const what = `commit ${commit ?? 'unknown'}${changes ? ' with changes that are not committed' : ''}`;
	const memory = Math.ceil(totalmem() / 1024 ** 3);
	const machine = `${availableParallelism()} cores, ${memory} GiB, Node.js ${process.versions.node}`;
	const medians = runs === 1 ? 'one run' : `medians of ${runs} runs`;
	return `Measured on ${date}, ${what}, on a machine with ${machine}: ${medians}.`;
}
