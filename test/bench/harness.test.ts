import { existsSync } from 'fs';
import { join } from 'path';
import { timedRun } from '../../bench/scenarios';
import { ourNode } from '../../bench/subjects';

const project = join(__dirname, '../..');

/** `npm run check` builds before it runs the tests. */
const whenBuilt = existsSync(join(project, 'dist')) ? it : it.skip;

whenBuilt(
	'the benchmark measures the built node in the engine, against a sandbox elsewhere',
	async () => {
		const run = await timedRun(ourNode(project), 'fal', { items: 3, taskSeconds: 0.1 });
		expect(run.wallSeconds).toBeGreaterThan(0.1);
		expect(run.latenciesMs).toHaveLength(3);
		for (const latency of run.latenciesMs) expect(latency).toBeGreaterThanOrEqual(0);
		for (const noticed of run.noticedAfterMs) expect(noticed).toBeGreaterThanOrEqual(0);
		expect(run.statusRequestsPerImage).toBeGreaterThanOrEqual(1);
	},
);
