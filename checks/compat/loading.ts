import { readFile } from 'node:fs/promises';

import { providers } from '../../nodes/ZImage/providers/registry';
import { EditorApi } from '../../sandbox/realN8n/editorApi';
import type { N8nHome } from '../../sandbox/realN8n/commands';
import type { CredentialFile } from '../../sandbox/realN8n/credentials';
import { ownerLogin } from '../../sandbox/realN8n/login';
import { freePort } from '../../sandbox/realN8n/ports';
import { startServer } from '../../sandbox/realN8n/server';

const packageName = 'n8n-nodes-z-image';
const nodeNames = [
	'zImageApplyLoraPreset',
	'zImageGenerate',
	'zImageGetTaskResult',
	'zImageTrainLora',
	'zImageTrigger',
];
const credentialNames = providers.map(({ credentialType }) => credentialType);

/** The parameters with a list of LoRAs. */
const lists = [
	['zImageGenerate', 'loras.lora[0].path'],
	['zImageApplyLoraPreset', 'customLoras.lora[0].path'],
] as const;

/**
 * The lines of n8n's log about our package. Skips lines about this n8n's own folder, whose path contains the
 * same name.
 */
const aboutUs = /zImage|n8n-nodes-z-image(?!-compat)/i;

function missing(wanted: readonly string[], found: readonly string[]): string[] {
	return wanted.filter((name) => !found.includes(name)).map((name) => `${name} is not loaded`);
}

async function linesAboutUs(logFile: string): Promise<string[]> {
	const log = await readFile(logFile, 'utf8');
	return log.split('\n').filter((line) => aboutUs.test(line));
}

/**
 * Starts n8n with its editor. Checks that the nodes and credentials are there and can be tested.
 * @returns the problems
 */
export async function checkLoading(
	home: N8nHome,
	credentials: readonly CredentialFile[],
	hubUrl: string,
): Promise<string[]> {
	const server = await startServer(home, await freePort());
	try {
		const editor = new EditorApi(server.url);
		await editor.logIn(await ownerLogin(home.userFolder));
		const nodes = (await editor.types('nodes')).map(({ name }) => name);
		const credentialTypes = (await editor.types('credentials')).map(({ name }) => name);
		const problems = [
			...missing(
				nodeNames.map((name) => `${packageName}.${name}`),
				nodes,
			),
			...missing(credentialNames, credentialTypes),
		];
		for (const credential of credentials) {
			const { status, message } = await editor.testCredential(credential);
			if (status !== 'OK') problems.push(`the test of ${credential.name} says: ${message}`);
		}
		for (const [nodeName, path] of lists) {
			const found = await editor.searchLoras(`${packageName}.${nodeName}`, path, hubUrl);
			if (found === 0) problems.push(`the list of LoRAs of ${nodeName} is empty`);
		}
		return [...problems, ...(await linesAboutUs(server.logFile))];
	} finally {
		await server.stop();
	}
}
