import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { cleanEnvironment } from '../../sandbox/realN8n/environment';
import { PROJECT_FOLDER } from '../../sandbox/realN8n/paths';

/**
 * Sets up the real n8n in sandbox/n8n, which takes no time if it is there.
 * @param others what else to set up, as options of sandbox/install.mjs
 * @returns whether it is there now
 */
export async function setUpRealN8n(...others: readonly string[]): Promise<boolean> {
	const script = join(PROJECT_FOLDER, 'sandbox', 'install.mjs');
	const child = spawn(process.execPath, [script, '--n8n', ...others], {
		env: cleanEnvironment(),
		stdio: ['ignore', 'inherit', 'inherit'],
	});
	const [exitCode] = (await once(child, 'close')) as [number | null];
	return exitCode === 0;
}
