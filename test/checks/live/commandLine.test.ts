import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { canaries, holdsKey, keyNames, toSandbox, useLiveSandbox } from '../../../checks/live/rig';
import { providers } from '../../../nodes/ZImage/providers/registry';

const getSandbox = useLiveSandbox();
const project = join(__dirname, '..', '..', '..');
const ids = providers.map(({ id }) => id);

let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'z-image-live-test-'));
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

interface Finished {
	readonly exitCode: number;
	readonly stdout: string;
	readonly stderr: string;
}

/** Runs the command like `npm run check:live`, without a person at the terminal. */
async function run(...args: readonly string[]): Promise<Finished> {
	return await new Promise((resolve) => {
		const child = execFile(
			join(project, 'node_modules/.bin/tsx'),
			[join(project, 'checks/live/main.ts'), ...args],
			{
				cwd: project,
				env: {
					...process.env,
					...Object.fromEntries(ids.map((id) => [keyNames[id], canaries[id]])),
					TMPDIR: folder,
				},
			},
			(_error, stdout, stderr) => resolve({ exitCode: child.exitCode ?? -1, stdout, stderr }),
		);
		child.stdin?.end();
	});
}

async function leftFiles(): Promise<string[]> {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	return entries
		.filter((entry) => entry.isFile())
		.map(({ parentPath, name }) => join(parentPath, name));
}

it('checks all providers and leaves no key in its output or in a file', async () => {
	const faults = '[sandbox:submit=echo-key=escaped*1] [sandbox:status=echo-key*1]';
	const { exitCode, stdout, stderr } = await run(
		'--yes',
		'--prompt',
		`a cliff ${faults}`,
		...toSandbox(getSandbox(), ...ids),
	);

	expect(exitCode).toBe(1);
	expect(stderr).toBe('');
	const verdicts = ids.map((id) => `${id} FAILED, [^;]+`).join('; ');
	expect(stdout).toMatch(new RegExp(`\\nlive check: ${verdicts}\\n$`));
	expect(getSandbox().requests.some(({ headers }) => holdsKey(JSON.stringify(headers)))).toBe(true);
	expect(holdsKey(stdout)).toBe(false);
	for (const file of await leftFiles()) {
		expect(holdsKey(await readFile(file, 'latin1'))).toBe(false);
	}
});

it('refuses to run if nobody can confirm', async () => {
	const { exitCode, stdout } = await run(...toSandbox(getSandbox(), 'fal'));

	expect(exitCode).toBe(2);
	expect(stdout).toMatch(/Nothing is sent without an explicit yes: add --yes\.\n$/);
	expect(getSandbox().requests).toEqual([]);
});
