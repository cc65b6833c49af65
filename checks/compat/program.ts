import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import type { N8nHome } from '../../sandbox/realN8n/commands';
import { cleanEnvironment } from '../../sandbox/realN8n/environment';
import { N8N_SCRIPT } from '../../sandbox/realN8n/paths';
import { cacheFolder } from './cacheFolder.mjs';
import type { Combination } from './combinations';
import { current } from './combinations';

type Program = NonNullable<N8nHome['program']>;

async function setUp(kind: 'n8n' | 'node', version: string): Promise<string> {
	const child = spawn(process.execPath, [join(__dirname, 'install.mjs'), kind, version], {
		env: cleanEnvironment(),
		stdio: ['ignore', 'inherit', 'inherit'],
	});
	const [exitCode] = (await once(child, 'close')) as [number | null];
	if (exitCode !== 0) throw new Error(`${kind} ${version} could not be set up`);
	return join(cacheFolder(), `${kind}-${version}`, 'node_modules');
}

/** Installs a version of n8n and one of Node.js if they are missing. */
export async function setUpProgram({ n8n, node }: Combination): Promise<Program> {
	const nodeProgram =
		node === current.node
			? process.execPath
			: join(await setUp('node', String(node)), 'node', 'bin', 'node');
	const script = n8n === current.n8n ? N8N_SCRIPT : join(await setUp('n8n', n8n), 'n8n/bin/n8n');
	return { node: nodeProgram, script };
}
