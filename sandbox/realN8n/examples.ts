import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type WorkflowFile, readWorkflow } from './executionResult';
import { EXAMPLES_FOLDER } from './paths';

/** The example that generates images with all providers. */
export const MAIN_EXAMPLE = 'all-providers';

/** Reads one example workflow. */
export async function readExample(name: string): Promise<WorkflowFile> {
	return await readWorkflow(join(EXAMPLES_FOLDER, `${name}.json`));
}

/** The names of all example workflows, for `readExample`. */
export async function exampleNames(): Promise<string[]> {
	const files = (await readdir(EXAMPLES_FOLDER)).filter((file) => file.endsWith('.json'));
	return files.map((file) => basename(file, '.json')).sort();
}

/** Reads all example workflows. */
export async function readExamples(): Promise<WorkflowFile[]> {
	return await Promise.all((await exampleNames()).map(readExample));
}
