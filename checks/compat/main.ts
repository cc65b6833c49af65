import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { installNodesPackage } from '../../sandbox/realN8n/nodesPackage';
import { startSandbox } from '../../sandbox/emulator/server';
import { combinations } from './combinations';
import { renderTable, writeDocs } from './docs';
import type { Verdict } from './trial';
import { tryCombination } from './trial';

/**
 * Tests the package in several versions of n8n. Arguments such as `1.85.3` or `2.0.0@20` limit the run to those
 * versions, and the docs page is then left unchanged.
 */
async function main(): Promise<void> {
	const only = process.argv.slice(2);
	const chosen = combinations.filter(
		({ n8n, node }) => only.length === 0 || only.includes(n8n) || only.includes(`${n8n}@${node}`),
	);
	if (chosen.length === 0) throw new Error(`No such combination: ${only.join(' ')}`);
	const packageHome = await mkdtemp(join(tmpdir(), 'z-image-compat-package-'));
	const sandbox = await startSandbox({ taskSeconds: 0.2 });
	const verdicts: Verdict[] = [];
	try {
		await installNodesPackage(packageHome);
		for (const combination of chosen) {
			const name = `n8n ${combination.n8n}, Node.js ${combination.node}`;
			const say = (text: string) => console.log(`  ${name}: ${text}`);
			console.log(name);
			const verdict = await tryCombination(combination, packageHome, sandbox, say);
			verdicts.push(verdict);
			for (const problem of [...verdict.loading, ...verdict.running]) say(`! ${problem}`);
			say(`${verdict.seconds} s`);
		}
	} finally {
		await sandbox.close();
		await rm(packageHome, { recursive: true, force: true });
	}
	console.log(`\n${renderTable(verdicts)}`);
	if (only.length === 0) await writeDocs(verdicts);
	const failed = verdicts.filter(({ loading, running }) => loading.length + running.length > 0);
	console.log(`\ncompat: ${verdicts.length} combinations, ${failed.length} with problems`);
	process.exitCode = failed.length === 0 ? 0 : 1;
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
