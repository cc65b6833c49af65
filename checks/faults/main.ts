import './environment';

import { Logger } from '@n8n/backend-common';
import { Container } from '@n8n/di';

import { nobody } from './canary';
import { print, watchConsole, watchedCharacters } from './consoleWatch';
import { writeTable } from './docs';
import type { Judged } from './judged';
import { watchOutgoing } from './outgoing';
import { pool } from './pool';
import { failureText, lastLine } from './report';
import { createScenarios, nameOf, type Scenario } from './scenario';
import { runTrial } from './trial';
import { judge, processFindings } from './verdict';

/** Cases that mostly wait, for an answer that never comes, and cases that work. */
const poolSizes = { waiting: 40, working: 6 };

function isWaiting({ fault }: Scenario): boolean {
	return fault.id === 'hang' || fault.id === 'drip' || fault.id === 'never';
}

async function runAll(scenarios: readonly Scenario[]): Promise<Judged[]> {
	const judged: Judged[] = [];
	let failed = 0;
	const run = async (scenario: Scenario): Promise<void> => {
		const evidence = await runTrial(scenario).catch((error: unknown) => {
			throw new Error(nameOf(scenario), { cause: error });
		});
		const findings = judge(evidence);
		judged.push({ evidence, findings });
		if (findings.length > 0) failed++;
		const line = `${judged.length} of ${scenarios.length} cases, ${failed} with findings`;
		if (process.stdout.isTTY) print(`\r${line}`);
		else if (judged.length % 100 === 0) print(`${line}\n`);
	};
	await Promise.all([
		pool(scenarios.filter(isWaiting), poolSizes.waiting, run),
		pool(
			scenarios.filter((scenario) => !isWaiting(scenario)),
			poolSizes.working,
			run,
		),
	]);
	// Only now are all log lines there.
	return judged
		.map(({ evidence, findings }) => ({
			evidence,
			findings: [...findings, ...processFindings(evidence.scenario.number)],
		}))
		.sort((a, b) => a.evidence.scenario.number - b.evidence.scenario.number);
}

async function main(): Promise<void> {
	const only = process.argv.slice(2);
	const scenarios = createScenarios().filter((scenario) =>
		only.every((word) => nameOf(scenario).includes(word)),
	);
	watchConsole();
	watchOutgoing();
	Container.get(Logger);
	const startedAt = Date.now();
	const judged = await runAll(scenarios);
	print('\n');
	const stray = processFindings(nobody);
	for (const { promise, text } of stray) print(`of no certain case: ${promise}: ${text}\n`);
	for (const { evidence, findings } of judged) {
		if (findings.length > 0) print(`${failureText(evidence, findings)}\n`);
	}
	if (only.length === 0) await writeTable(judged, stray);
	const seconds = Math.round((Date.now() - startedAt) / 1000);
	print(`${seconds} s; ${watchedCharacters()} characters of logs were looked through for keys.\n`);
	print(`${lastLine(judged, stray)}\n`);
	const isGood = stray.length === 0 && judged.every(({ findings }) => findings.length === 0);
	process.exit(isGood ? 0 : 1);
}

main().catch((error: unknown) => {
	print(`${error instanceof Error ? `${error.stack}\n${String(error.cause)}` : String(error)}\n`);
	process.exit(1);
});
