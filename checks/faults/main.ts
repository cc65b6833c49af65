import './environment';

import { Logger } from '@n8n/backend-common';
import { Container } from '@n8n/di';

import { nobody } from './canary';
import { print, watchConsole, watchedCharacters } from './consoleWatch';
import { writeTable } from './docs';
import type { Judged, JudgedSequence } from './judged';
import { watchOutgoing } from './outgoing';
import { pool } from './pool';
import { drawSequences } from './randomSequences';
import { failureText, lastLine } from './report';
import { createScenarios, nameOf, type Scenario } from './scenario';
import type { Sequence } from './sequence';
import { writtenSequences } from './sequences';
import { runSequence, type SequenceEvidence } from './sequenceTrial';
import { judgeSequence } from './sequenceVerdict';
import { runTrial } from './trial';
import { judge, processFindings, type Finding } from './verdict';

/** Cases that mostly wait for a response that never arrives, and cases that do work. */
const poolSizes = { waiting: 40, working: 6 };

/**
 * The seed and the number of the random sequences: the same ones in each run. `npm run test:fuzz` uses others.
 */
const drawn = { seed: 10, count: 300 };

function isWaiting({ fault }: Scenario): boolean {
	return ['hang', 'drip', 'late-drip', 'switch', 'never'].includes(fault.id);
}

/** Runs something under a name, which is added to its error. */
async function named<T>(name: string, work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		throw new Error(name, { cause: error });
	}
}

/** Shows the progress of a list of runs. */
function createProgress(count: number) {
	let done = 0;
	let failed = 0;
	return (findings: readonly Finding[]): void => {
		done++;
		if (findings.length > 0) failed++;
		const line = `${done} of ${count}, ${failed} with findings`;
		if (process.stdout.isTTY) print(`\r${line}`);
		else if (done % 100 === 0) print(`${line}\n`);
	};
}

async function runCases(scenarios: readonly Scenario[]): Promise<Judged[]> {
	const judged: Judged[] = [];
	const progress = createProgress(scenarios.length);
	const run = async (scenario: Scenario): Promise<void> => {
		const evidence = await named(nameOf(scenario), async () => await runTrial(scenario));
		const findings = judge(evidence);
		judged.push({ evidence, findings });
		progress(findings);
	};
	await Promise.all([
		pool(scenarios.filter(isWaiting), poolSizes.waiting, run),
		pool(
			scenarios.filter((scenario) => !isWaiting(scenario)),
			poolSizes.working,
			run,
		),
	]);
	// Only now are all log lines complete.
	return judged
		.map(({ evidence, findings }) => ({
			evidence,
			findings: [...findings, ...processFindings(evidence.scenario.number)],
		}))
		.sort((a, b) => a.evidence.scenario.number - b.evidence.scenario.number);
}

/** @param firstNumber the first unused case number */
async function runSequences(
	sequences: readonly Sequence[],
	firstNumber: number,
): Promise<JudgedSequence[]> {
	const seen: SequenceEvidence[] = [];
	const progress = createProgress(sequences.length);
	const numbered = sequences.map((sequence, index) => ({ sequence, number: firstNumber + index }));
	await pool(numbered, poolSizes.working, async ({ sequence, number }) => {
		const evidence = await named(sequence.name, async () => await runSequence(sequence, number));
		seen.push(evidence);
		progress(judgeSequence(evidence));
	});
	// Only now are all log lines complete.
	return seen
		.sort((a, b) => a.number - b.number)
		.map((evidence) => ({
			evidence,
			findings: [...judgeSequence(evidence), ...processFindings(evidence.number)],
		}));
}

async function main(): Promise<void> {
	const only = process.argv.slice(2);
	const isAsked = (name: string) => only.every((word) => name.includes(word));
	const all = createScenarios();
	const sequences = [...writtenSequences, ...drawSequences(drawn.seed, drawn.count)];
	watchConsole();
	watchOutgoing();
	Container.get(Logger);
	const startedAt = Date.now();
	const cases = await runCases(all.filter((scenario) => isAsked(nameOf(scenario))));
	const judgedSequences = await runSequences(
		sequences.filter(({ name }) => isAsked(name)),
		all.length,
	);
	print('\n');
	const stray = processFindings(nobody);
	for (const { promise, text } of stray) print(`of no certain case: ${promise}: ${text}\n`);
	const texts = [
		...cases.map(({ evidence, findings }) => failureText(nameOf(evidence.scenario), findings)),
		...judgedSequences.map(({ evidence, findings }) =>
			failureText(evidence.sequence.name, findings),
		),
	].filter((text) => text !== undefined);
	for (const text of texts) print(`${text}\n`);
	const line = lastLine(cases, judgedSequences, stray);
	if (only.length === 0) await writeTable(cases, judgedSequences, line);
	const seconds = Math.round((Date.now() - startedAt) / 1000);
	print(`${seconds} s; ${watchedCharacters()} characters of logs were looked through for keys.\n`);
	print(`${line}\n`);
	process.exit(stray.length === 0 && texts.length === 0 ? 0 : 1);
}

main().catch((error: unknown) => {
	print(`${error instanceof Error ? `${error.stack}\n${String(error.cause)}` : String(error)}\n`);
	process.exit(1);
});
