import { imagesTable, providersWithoutImage, savedImages } from './savedImages';
import { type LiveSandbox, OUTPUT_FOLDER, SANDBOX_FOLDER, startLiveSandbox } from './liveSandbox';
import { MAIN_EXAMPLE, readExample } from './realN8n/examples';

const MILLISECONDS = 1_000;
const startedAt = Date.now();

function say(step: string): void {
	const seconds = ((Date.now() - startedAt) / MILLISECONDS).toFixed(1);
	console.log(`${seconds.padStart(6)} s  ${step}`);
}

/** Runs the main example and shows its images. Returns what is missing, in plain words. */
async function makeImages({ editor, foreignCredentials }: LiveSandbox): Promise<string[]> {
	if (foreignCredentials.length > 0) {
		return [
			`The example was not run, as it could cost money: not the sandbox is behind the credentials ${foreignCredentials.join(', ')}. Run it in the editor.`,
		];
	}
	const { id } = await readExample(MAIN_EXAMPLE);
	const { nodes, ...result } = await editor.runWorkflow(id);
	const images = await savedImages(result, nodes, OUTPUT_FOLDER);
	say(`The example workflow has run: ${images.length} images in ${OUTPUT_FOLDER}`);
	console.log(imagesTable(images));
	const { error } = result.data.resultData;
	return [
		...(error === undefined ? [] : [`n8n reports: ${String(error['message'])}`]),
		...providersWithoutImage(images).map((provider) => `There is no image of ${provider}.`),
	];
}

function invitation({ n8n, login }: LiveSandbox): string {
	return [
		'',
		`  n8n is open at   ${n8n.url}`,
		`  e-mail           ${login.email}`,
		`  password         ${login.password}`,
		'',
		'  It keeps what you change there. To start from nothing, delete the folder .n8n-sandbox.',
		'  Press Ctrl-C to stop.',
		'',
	].join('\n');
}

async function main(): Promise<void> {
	let stop = (): Promise<void> => Promise.resolve();
	let isStopping = false;
	const stopAndExit = async (exitCode: number): Promise<void> => {
		if (isStopping) return;
		isStopping = true;
		await stop();
		process.exit(exitCode);
	};
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
		process.on(signal, () => {
			if (!isStopping) console.log('\nStopping n8n and the sandbox …');
			void stopAndExit(0);
		});
	}
	try {
		const live = await startLiveSandbox(SANDBOX_FOLDER, say, (stopAll) => (stop = stopAll));
		const missing = await makeImages(live);
		for (const sentence of missing) console.error(`  ${sentence}`);
		if (process.argv.includes('--exit')) return await stopAndExit(missing.length === 0 ? 0 : 1);
		console.log(invitation(live));
		await live.n8n.ended;
		if (!isStopping) throw new Error('n8n has ended by itself; see .n8n-sandbox/n8n.log.');
	} catch (error) {
		if (isStopping) return;
		console.error(`\n${error instanceof Error ? error.message : String(error)}`);
		await stopAndExit(1);
	}
}

void main();
