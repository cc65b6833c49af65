import { mkdir } from 'node:fs/promises';
import { REDIS_ARGUMENTS } from './settings';
import { startProgram, type Server } from './server';

/** Starts Redis on a loopback port, with its data in the given folder. */
export async function startRedis(folder: string, port: number): Promise<Server> {
	await mkdir(folder, { recursive: true });
	const place = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder];
	return await startProgram({
		command: 'redis-server',
		args: [...place, ...REDIS_ARGUMENTS],
		folder,
		probe: ['redis-cli', '-p', String(port), '-e', 'ping'],
	});
}
