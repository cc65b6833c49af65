/**
 * Lists the ports that `npm start` needs but that are in use, before anything is installed. Uses only built-in
 * modules.
 */
import fs from 'node:fs';
import net from 'node:net';
import process from 'node:process';

const read = (file) => JSON.parse(fs.readFileSync(new URL(file, import.meta.url), 'utf8'));

const needed = [
	...Object.entries(read('ports.json')),
	...Object.entries(read('outside/ports.json')),
	...Object.entries(read('emulator/hostTable.json')).map(([name, { port }]) => [name, port]),
];

function isTaken(port) {
	return new Promise((resolve) => {
		const server = net.createServer();
		server.once('error', (error) => resolve(error.code === 'EADDRINUSE'));
		server.listen(port, '127.0.0.1', () => server.close(() => resolve(false)));
	});
}

const taken = [];
for (const [name, port] of needed) {
	if (await isTaken(port)) taken.push(`${port} (${name})`);
}
if (taken.length > 0) {
	console.error(
		`In use by another program: port ${taken.join(', ')}.\nIs another "npm start", sandbox or n8n running? Stop it, then start again.`,
	);
	process.exitCode = 1;
}
