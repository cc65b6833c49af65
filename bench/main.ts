import { writeFile } from 'node:fs/promises';
import { circumstances } from './circumstances';
import { type BenchOptions, readCommandLine, USAGE } from './commandLine';
import { writeFigures } from './docs';
import { type Row, type Sample, toRows } from './row';
import { withSnapshot } from './snapshot';
import { createSteps, type Step } from './steps';
import { renderTable } from './table';

function chooseSteps(steps: readonly Step[], { only }: BenchOptions): readonly Step[] {
	const unknown = only.filter((name) => !steps.some((step) => step.name === name));
	if (unknown.length > 0) {
		throw new Error(
			`No step ${unknown.join(', ')}; steps: ${steps.map(({ name }) => name).join(', ')}`,
		);
	}
	return only.length === 0 ? steps : steps.filter(({ name }) => only.includes(name));
}

/** Measures as often as requested. If a step can't be done, it prints a line, and the others continue. */
async function measureAll(steps: readonly Step[], runs: number): Promise<Sample[]> {
	const samples: Sample[] = [];
	for (let run = 1; run <= runs; run++) {
		for (const { name, measure, once } of steps) {
			if (once && run > 1) continue;
			const start = Date.now();
			try {
				samples.push(...(await measure()));
			} catch (error) {
				console.error(`${name} failed: ${error instanceof Error ? error.message : String(error)}`);
				process.exitCode = 1;
			}
			const seconds = ((Date.now() - start) / 1000).toFixed(1);
			console.log(`Run ${run} of ${runs}: ${name} took ${seconds} s.`);
		}
	}
	return samples;
}

async function main(): Promise<void> {
	const options = readCommandLine(process.argv.slice(2));
	if (!options) {
		console.log(USAGE);
		return;
	}
	const when = await circumstances(options.runs);
	const samples = await withSnapshot(
		async (folder) =>
			await measureAll(chooseSteps(createSteps(folder, options), options), options.runs),
	);
	const rows: Row[] = toRows(samples);
	console.log(renderTable(rows, samples));
	if (options.json !== undefined) {
		await writeFile(options.json, `${JSON.stringify(rows, undefined, '\t')}\n`);
	}
	if (options.docs) await writeFigures(options.queue ? 'queue figures' : 'figures', rows, when);
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
