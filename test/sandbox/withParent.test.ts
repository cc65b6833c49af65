import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PROJECT_FOLDER } from '../../sandbox/realN8n/paths';

const withParent = join(PROJECT_FOLDER, 'sandbox', 'queueMode', 'withParent.cjs');

/** Acts like a test run: starts the script with a channel, and waits. */
const parentScript = `
	const job = JSON.stringify({ command: 'sh', args: ['-c', process.argv[2]] });
	require('node:child_process').spawn(process.execPath, [process.argv[1], job], {
		detached: true,
		stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
	});
	setInterval(() => undefined, 1_000);
`;

function isRunning(pid: number): boolean {
	try {
		return process.kill(pid, 0);
	} catch {
		return false;
	}
}

it.each([
	['that ends on request', ''],
	['that ignores signals', "trap '' INT TERM; "],
])('a program %s ends when the test run is killed', async (_, trap) => {
	const pidFile = join(process.env['Z_IMAGE_TEST_FOLDER'] ?? '', `pid-${trap.length}`);
	const program = `${trap}echo $$ > ${pidFile}; while true; do sleep 0.1; done`;
	const parent = spawn(process.execPath, ['-e', parentScript, withParent, program]);
	let pid = 0;
	while (!(pid > 0)) {
		await sleep(50);
		pid = Number(await readFile(pidFile, 'utf8').catch(() => ''));
	}
	expect(isRunning(pid)).toBe(true);
	parent.kill('SIGKILL');
	await once(parent, 'exit');
	while (isRunning(pid)) await sleep(50);
});
