import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type WorkflowFile, readWorkflow } from './executionResult';
import { EXAMPLES_FOLDER } from './paths';

/** The example that makes images with all providers. */
export const MAIN_EXAMPLE = 'all-providers';

/** Reads one example workflow. */
export async function readExample(name: string): Promise<WorkflowFile> {
	return await readWorkflow(join(EXAMPLES_FOLDER, `${name}.json`));
}

/** Reads all example workflows. */
export async function readExamples(): Promise<WorkflowFile[]> {
	const files = (await readdir(EXAMPLES_FOLDER)).filter((file) => file.endsWith('.json'));
	return await Promise.all(files.sort().map((file) => readWorkflow(join(EXAMPLES_FOLDER, file))));
}
