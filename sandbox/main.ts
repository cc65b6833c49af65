import { startSandbox } from './emulator/server';

const LABELS = {
	fal: 'fal (queue)',
	falSync: 'fal (fal.run)',
	novita: 'Novita',
	highway: 'Highway API',
	aimlapi: 'AI/ML API',
	files: 'files',
	hub: 'Hugging Face',
} as const;

async function main(): Promise<void> {
	const sandbox = await startSandbox({ ports: 'fixed' });
	const lines = Object.entries(LABELS).map(([name, label]) => {
		const host = name as keyof typeof LABELS;
		const key =
			host === 'files' || host === 'hub'
				? 'no key'
				: sandbox.keys[host === 'falSync' ? 'fal' : host];
		return `  ${label.padEnd(14)} ${sandbox.urls[host]}   ${key}`;
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
