import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { executeWorkflow, importWorkflows } from '../../sandbox/realN8n/commands';
import { n8nEnvironment } from '../../sandbox/realN8n/environment';
import { outputItems } from '../../sandbox/realN8n/executionResult';
import { latenciesMs, ofProvider, statusRequestsPerTask } from '../latency';
import type { Sample } from '../row';
import { type SandboxAddress, withSandbox } from '../sandboxProcess';
import {
	FIFTY,
	LATENCY_MS,
	leastSeconds,
	STATUS_REQUESTS,
	type SteadyLoad,
	TEN,
	TIMED,
} from '../scenarios';
import { median } from '../statistics';
import { withTemporaryFolder } from '../temporaryFolder';

const WORKFLOW = join(__dirname, 'httpRequestPattern.json');
const WORKFLOW_ID = 'httpRequestPattern';

async function workflowFor(
	{ urls, keys }: SandboxAddress,
	{ items, taskSeconds }: SteadyLoad,
): Promise<object> {
	const prompts = Array.from(
		{ length: items },
		(_, index) => `a lighthouse [sandbox:seconds=${taskSeconds}] number ${index}`,
	);
	const text = (await readFile(WORKFLOW, 'utf8'))
		.replaceAll('__URL__', urls['fal'] ?? '')
		.replaceAll('__KEY__', keys['fal'] ?? '')
		.replace('"__PROMPTS__"', JSON.stringify(JSON.stringify(prompts)));
	return JSON.parse(text) as object;
}

/** Runs the workflow with n8n's command line; all times are the sandbox's, so that n8n's start does not count. */
async function run(load: SteadyLoad, what: string): Promise<Sample[]> {
	return await withTemporaryFolder(
		async (folder) =>
			await withSandbox(TIMED, async (sandbox) => {
				const home = {
					userFolder: folder,
					environment: n8nEnvironment({ userFolder: folder, filesFolder: folder }),
				};
				await importWorkflows(home, [await workflowFor(sandbox, load)]);
				const result = await executeWorkflow(home, WORKFLOW_ID);
				const images = outputItems(result, 'Download').length;
				if (images !== load.items) throw new Error(`Of ${load.items} items ${images} came out`);
				const seen = ofProvider(await sandbox.look(), 'fal');
				const times = seen.requests.map(({ at }) => at);
				const name = (suffix: string) => `peer-http-request-pattern-${suffix}`;
				const wall: Sample = {
					name: name(`${what}-wall`),
					unit: 's',
					value: (Math.max(...times) - Math.min(...times)) / 1000,
					limit: leastSeconds(load),
				};
				if (load !== FIFTY) return [wall];
				return [
					wall,
					{
						name: name('completion-latency-median'),
						unit: 'ms',
						value: median(latenciesMs([], seen)),
						limit: LATENCY_MS.median,
					},
					{
						name: name('status-requests-per-image'),
						unit: 'requests',
						value: statusRequestsPerTask(seen),
						limit: STATUS_REQUESTS,
					},
				];
			}),
	);
}

/** What people build today with n8n's own nodes and their defaults, in the real n8n. */
export async function measureHttpRequestPattern(): Promise<Sample[]> {
	return [...(await run(FIFTY, 'fifty-items')), ...(await run(TEN, 'ten-items'))];
}
