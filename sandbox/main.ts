import { HOSTS, LABELS, keyOwner } from './emulator/hosts';
import { startSandbox } from './emulator/server';

async function main(): Promise<void> {
	const sandbox = await startSandbox({ ports: 'fixed', webhooks: { loopback: true } });
	const width = Math.max(...Object.values(LABELS).map(({ length }) => length));
	const lines = HOSTS.map((host) => {
		const owner = keyOwner(host);
		const key = owner === undefined ? 'no key' : sandbox.keys[owner];
		return `  ${LABELS[host].padEnd(width)} ${sandbox.urls[host]}   ${key}`;
	});
	console.log(
		[
			'The sandbox speaks the APIs of all providers. Base URL and API key for each credential:',
			'',
			...lines,
			'',
			'A prompt can steer its task, for example: a lighthouse [sandbox:seconds=5] or [sandbox:fail=out of paint].',
			'All tokens: sandbox/README.md. Ctrl-C stops it.',
		].join('\n'),
	);
	const stop = () => void sandbox.close().then(() => process.exit(0));
	process.once('SIGINT', stop);
	process.once('SIGTERM', stop);
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
