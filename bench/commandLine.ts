import { parseArgs } from 'node:util';
import { resolve } from 'node:path';

/** The settings of the benchmark. */
export interface BenchOptions {
	/** Leaves the peers out. */
	readonly ours: boolean;
	/** Measures only n8n in queue mode. */
	readonly queue: boolean;
	/** How often everything is measured. The table contains the medians. */
	readonly runs: number;
	/** Only the steps with these names. Empty for all. */
	readonly only: readonly string[];
	/** A file for the rows. */
	readonly json: string | undefined;
	/** Writes the figures into docs/performance.md. */
	readonly docs: boolean;
	/** Folders of built packages. */
	readonly peerFal: string | undefined;
	readonly peerWavespeed: string | undefined;
}

const MOST_RUNS = 20;

/** What `--help` prints. */
export const USAGE = `npm run bench -- [options]

  --ours                   leaves the peers out
  --queue                  measures n8n in queue mode with one, two and three workers, and executions at once
  --runs N                 measures everything N times and takes medians (1)
  --only STEP              only that step; may stand several times
  --json FILE              writes the rows as JSON
  --docs                   writes the figures into docs/performance.md
  --peer-fal FOLDER        a built fal-ai-community/n8n-nodes-fal
  --peer-wavespeed FOLDER  a built WaveSpeedAI/n8n-nodes-wavespeed`;

const path = (value: string | undefined) => (value === undefined ? undefined : resolve(value));

/** Reads the command line. `undefined` if it asks for help. */
export function readCommandLine(args: readonly string[]): BenchOptions | undefined {
	const { values } = parseArgs({
		args: [...args],
		options: {
			ours: { type: 'boolean', default: false },
			queue: { type: 'boolean', default: false },
			runs: { type: 'string', default: '1' },
			only: { type: 'string', multiple: true, default: [] },
			json: { type: 'string' },
			docs: { type: 'boolean', default: false },
			'peer-fal': { type: 'string' },
			'peer-wavespeed': { type: 'string' },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) return undefined;
	const runs = Number(values.runs);
	if (!Number.isInteger(runs) || runs < 1 || runs > MOST_RUNS) {
		throw new Error(`--runs is ${values.runs}, but it is a number from 1 to ${MOST_RUNS}`);
	}
	return {
		ours: values.ours,
		queue: values.queue,
		runs,
		only: values.only,
		json: path(values.json),
		docs: values.docs,
		peerFal: path(values['peer-fal']),
		peerWavespeed: path(values['peer-wavespeed']),
	};
}
