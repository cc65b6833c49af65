import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { startProcess } from '../../sandbox/realN8n/childProcess';
import type { N8nHome } from '../../sandbox/realN8n/commands';
import { n8nCommand } from '../../sandbox/realN8n/commands';
import type { ExecutionResult } from '../../sandbox/realN8n/executionResult';
import { outputItems, parseExecution } from '../../sandbox/realN8n/executionResult';
import { freePort } from '../../sandbox/realN8n/ports';
import type { Sandbox } from '../../sandbox/emulator/server';
import { readImageFile } from '../../test/e2e/imageFile';

/** An example, with the number of images it must save and tasks it must submit. */
export interface Example {
	readonly file: string;
	readonly id: string;
	readonly images: number;
	readonly submits: number;
}

/** With the error output connected. One of its tasks fails. */
export const failedTask = {
	file: 'failed-task',
	id: 'zImageFailedTask',
	prompts: ['A bowl of lemons', 'A glass city [sandbox:fail=The model ran out of memory]'],
};

/** Uses Generate on every provider, Get Task Result in a loop, and two values of Combine. */
export const examples: readonly Example[] = [
	{ file: 'all-providers', id: 'zImageAllProviders', images: 12, submits: 12 },
	{ file: 'submit-and-fetch', id: 'zImageSubmitAndFetch', images: 2, submits: 2 },
	{ file: 'preset-variations', id: 'zImagePresetVariations', images: 8, submits: 8 },
	{ file: 'inpaint', id: 'zImageInpaint', images: 1, submits: 2 },
];

/**
 * Runs a workflow with n8n's command line. The output goes to a file: older versions of n8n exit before a pipe
 * has read all of it, and they print the items' files, too.
 */
async function execute(home: N8nHome, workflowId: string): Promise<ExecutionResult> {
	const logFile = join(home.userFolder, `${workflowId}.log`);
	const { ended } = startProcess(
		...n8nCommand(home, 'execute', `--id=${workflowId}`, '--rawOutput'),
		{
			cwd: home.userFolder,
			env: {
				...home.environment,
				N8N_RUNNERS_MODE: 'external',
				N8N_RUNNERS_AUTH_TOKEN: 'none-connects',
				N8N_RUNNERS_BROKER_PORT: String(await freePort()),
			},
			logFile,
		},
	);
	await ended;
	const printed = await readFile(logFile, 'utf8');
	try {
		return parseExecution(printed);
	} catch {
		throw new Error(`n8n execute --id=${workflowId} gave no result: ${printed.slice(-500)}`);
	}
}

/**
 * Runs an example with n8n's command line.
 * @returns the problems
 */
export async function checkExample(
	home: N8nHome,
	filesFolder: string,
	sandbox: Sandbox,
	{ id, images, submits }: Example,
): Promise<string[]> {
	sandbox.reset();
	const before = new Set(await readdir(filesFolder));
	const result = await execute(home, id);
	const { error } = result.data.resultData;
	// Older versions print an execution that is still running, recognizable by its status.
	if (error !== undefined) return [`${id} failed: ${String(error['message'])}`];
	const saved = Object.keys(result.data.resultData.runData)
		.filter((name) => name.startsWith('Save'))
		.flatMap((name) => outputItems(result, name));
	// The examples write a small file first to check that the folder exists.
	const files = (await readdir(filesFolder)).filter(
		(file) => !before.has(file) && !file.endsWith('.json'),
	);
	const problems: string[] = [];
	if (saved.length !== images) problems.push(`${id} saved ${saved.length} of ${images} images`);
	for (const file of files) {
		await readImageFile(join(filesFolder, file)).catch(() => {
			problems.push(`${id}: ${file} is no image`);
		});
	}
	if (sandbox.accepted.length !== submits) {
		problems.push(`${id} submitted ${sandbox.accepted.length} tasks, and not ${submits}`);
	}
	return problems;
}

/**
 * Runs the example with a task that fails.
 * @returns whether its item went to the error output (older versions put it among the others)
 */
export async function hasErrorOutput(home: N8nHome): Promise<boolean> {
	const result = await execute(home, failedTask.id);
	const [others, failures] = [0, 1].map((output) =>
		outputItems(result, 'Generate', output).some(({ json }) => json['error'] !== undefined),
	);
	if (others === failures) throw new Error(`${failedTask.id}: no item reports the failed task`);
	return failures === true;
}
