// Runs a program that isn't Node.js, as another user if asked to. Ends it when the process that started
// this one is gone, whatever ended that process.
// node withParent.cjs {"command", "args", "uid"?, "gid"?}
const { spawn } = require('node:child_process');

const END_WITHIN_MS = 5_000;

const { command, args, ...user } = JSON.parse(process.argv[2]);
const child = spawn(command, args, { ...user, stdio: ['ignore', 'inherit', 'inherit'] });
child.once('error', (error) => {
	console.error(error.message);
	process.exit(1);
});
child.once('exit', (code) => process.exit(code ?? 1));

// PostgreSQL waits for its clients after SIGTERM, and disconnects them after SIGINT.
const end = () => child.kill('SIGINT');
process.on('SIGTERM', end);
process.on('disconnect', () => {
	end();
	setTimeout(() => process.kill(-process.pid, 'SIGKILL'), END_WITHIN_MS);
});
