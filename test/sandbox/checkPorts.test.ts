import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type Server, createServer } from 'node:net';
import { join } from 'node:path';
import { FIXED_PORTS } from '../../sandbox/emulator/hosts';
import outsidePorts from '../../sandbox/outside/ports.json';
import ports from '../../sandbox/ports.json';
import { PROJECT_FOLDER } from '../../sandbox/realN8n/paths';

/** Occupies a port. If another program already uses it, that is just as good. */
async function take(port: number): Promise<Server> {
	const server = createServer().listen(port, '127.0.0.1');
	await Promise.race([once(server, 'listening'), once(server, 'error')]).catch(() => undefined);
	return server;
}

it.each(Object.entries({ ...ports, ...outsidePorts, ...FIXED_PORTS }))(
	'names the port of %s, %i, if it is taken',
	async (name, port) => {
		const server = await take(port);
		const { status, stderr } = spawnSync(
			process.execPath,
			[join(PROJECT_FOLDER, 'sandbox', 'checkPorts.mjs')],
			{ encoding: 'utf8' },
		);
		server.close();
		expect(stderr).toContain(`${port} (${name})`);
		expect(status).toBe(1);
	},
);
