import './environment';

import { createInterface } from 'node:readline/promises';

import { runLive } from './runLive';
import { Secrets } from './secrets';
import { subjects } from './subjects';

const keys = subjects
	.flatMap(({ keyNames }) => keyNames.map((name) => process.env[name]?.trim() ?? ''))
	.filter((key) => key !== '');

async function ask(question: string): Promise<string> {
	const terminal = createInterface({ input: process.stdin, output: process.stdout });
	try {
		return await terminal.question(question);
	} finally {
		terminal.close();
	}
}

const hasPerson = process.stdin.isTTY && process.stdout.isTTY;

runLive(process.argv.slice(2), {
	environment: process.env,
	say: (text) => void process.stdout.write(`${text}\n`),
	...(hasPerson && { ask }),
}).then(
	(exitCode) => process.exit(exitCode),
	(error: unknown) => {
		const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
		process.stderr.write(`${new Secrets(keys).hide(text)}\n`);
		process.exit(1);
	},
);
