import Table from 'cli-table3';

import { aiSdk } from './aiSdk';
import { comfyUiClient } from './comfyUiClient';
import { comfyUiSdk } from './comfyUiSdk';
import { falClient } from './falClient';
import { huggingFace } from './huggingFace';
import { novita } from './novita';
import { openai } from './openai';
import { ownServers } from './ownServers';
import { dependencies } from './package.json';
import { replicate } from './replicate';
import { startRig } from './rig';
import { runTrials, type Client, type Outcome } from './trial';
import { waveSpeed } from './waveSpeed';

const clients: readonly Client[] = [
	falClient,
	aiSdk,
	huggingFace,
	novita,
	openai,
	waveSpeed,
	replicate,
	ownServers,
	comfyUiSdk,
	comfyUiClient,
];
const versions: Readonly<Record<string, string>> = dependencies;

function renderTable(outcomes: readonly Outcome[]): string {
	const table = new Table({
		head: ['client', 'call', 'seen', ''],
		colWidths: [38, 40, 60, 8],
		wordWrap: true,
		style: { head: [], border: [], compact: true },
	});
	for (const { client, call, seen, ok } of outcomes) {
		table.push([`${client} ${versions[client] ?? ''}`, call, seen, ok ? 'ok' : 'NOT OK']);
	}
	return table.toString();
}

/** Runs other people's clients against the sandbox. */
async function main(): Promise<number> {
	const rig = await startRig();
	try {
		const outcomes = await runTrials(clients, rig, ({ ok }) =>
			process.stdout.write(ok ? '.' : '!'),
		);
		const wrong = outcomes.filter(({ ok }) => !ok);
		console.log(`\n${renderTable(outcomes)}`);
		if (rig.strays.length > 0) console.log(`Asked for: ${[...new Set(rig.strays)].join(', ')}`);
		console.log(`clients: ${outcomes.length - wrong.length} of ${outcomes.length} ok`);
		return wrong.length === 0 && rig.strays.length === 0 ? 0 : 1;
	} finally {
		await rig.close();
	}
}

main().then(
	(exitCode) => process.exit(exitCode),
	(error: unknown) => {
		console.error(error);
		process.exit(1);
	},
);
