import { cp, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { N8nHome } from '../../sandbox/realN8n/commands';
import { importCredentials, importWorkflows } from '../../sandbox/realN8n/commands';
import { sandboxCredentials } from '../../sandbox/realN8n/credentials';
import { n8nEnvironment } from '../../sandbox/realN8n/environment';
import { readExample } from '../../sandbox/realN8n/examples';
import type { Sandbox } from '../../sandbox/emulator/server';
import type { Combination } from './combinations';
import { current } from './combinations';
import { variant, withPrompts } from '../../test/e2e/workflows';
import { checkLoading } from './loading';
import { setUpProgram } from './program';
import { checkExample, examples, failedTask, hasErrorOutput } from './running';

/** The result for one combination. If both lists are empty, nothing is wrong. */
export interface Verdict extends Combination {
	readonly loading: readonly string[];
	readonly running: readonly string[];
	/** Whether failed items went to the error output. */
	readonly errorOutput: boolean;
	readonly seconds: number;
}

const withMcpRegistry = ['2.35.7', current.n8n];

/** An n8n that doesn't start is a verdict, too. */
async function problemsOf(check: () => Promise<string[]>): Promise<string[]> {
	try {
		return await check();
	} catch (error) {
		return [error instanceof Error ? error.message : String(error)];
	}
}

async function importExamples(home: N8nHome): Promise<void> {
	const workflows = [
		...(await Promise.all(examples.map(async ({ file }) => await readExample(file)))),
		variant(await readExample(failedTask.file), failedTask.id, withPrompts(...failedTask.prompts)),
	];
	// The command line of n8n 2.0 rejects a workflow without a version. Its editor accepts one.
	await importWorkflows(
		home,
		workflows.map((workflow) => ({ versionId: workflow.id, ...workflow })),
	);
}

/** Tests our package, as it would be published, in a new installation of n8n. */
export async function tryCombination(
	combination: Combination,
	packageHome: string,
	sandbox: Sandbox,
	say: (text: string) => void,
): Promise<Verdict> {
	const program = await setUpProgram(combination);
	const userFolder = await realpath(await mkdtemp(join(tmpdir(), 'n8n-of-another-version-')));
	const startedAt = Date.now();
	const seconds = () => Math.round((Date.now() - startedAt) / 1000);
	try {
		const filesFolder = join(userFolder, '.n8n-files');
		await mkdir(filesFolder);
		await cp(join(packageHome, '.n8n'), join(userFolder, '.n8n'), { recursive: true });
		const environment = n8nEnvironment({ userFolder, filesFolder });
		// Versions that don't know this module refuse to start.
		if (!withMcpRegistry.includes(combination.n8n)) delete environment['N8N_DISABLED_MODULES'];
		const home: N8nHome = { userFolder, environment, program };
		const credentials = sandboxCredentials(sandbox);
		say('loading');
		const loading = await problemsOf(async () => {
			await importCredentials(home, credentials);
			return await checkLoading(home, credentials, sandbox.urls.hub);
		});
		const running = await problemsOf(async () => {
			await importExamples(home);
			const problems: string[] = [];
			for (const example of examples) {
				say(example.file);
				problems.push(...(await checkExample(home, filesFolder, sandbox, example)));
			}
			return problems;
		});
		say(failedTask.file);
		let errorOutput = false;
		const unexpected = await problemsOf(async () => {
			errorOutput = await hasErrorOutput(home);
			if (errorOutput === combination.hasErrorOutput) return [];
			return [
				`the error output ${errorOutput ? 'works, and was not expected to' : 'does not work'}`,
			];
		});
		running.push(...unexpected);
		return { ...combination, loading, running, errorOutput, seconds: seconds() };
	} finally {
		await rm(userFolder, { recursive: true, force: true, maxRetries: 3 });
	}
}
