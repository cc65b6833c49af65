// Loaded into n8n before its own code: n8n ends when the process that started it is gone, whatever
// ended that process. Without this, a killed test run would leave an n8n behind.
const END_WITHIN_MS = 5_000;

process.on('disconnect', () => {
	// n8n leads a process group (see childProcess.ts), so this also reaches its task runner.
	setTimeout(() => process.kill(-process.pid, 'SIGKILL'), END_WITHIN_MS);
	process.kill(process.pid, 'SIGTERM');
});
