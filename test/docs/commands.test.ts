import { spawn } from 'child_process';
import { existsSync } from 'fs';
import { join } from 'path';

import { readCommandLine } from '../../bench/commandLine';
import { createSteps } from '../../bench/steps';
import { FIXED_PORTS } from '../../sandbox/emulator/hosts';
import n8nPorts from '../../sandbox/ports.json';
import { codeBlocksIn, codesIn, pageFiles, project, readText, tablesIn } from './markdown';

const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> };

/** A page's commands: in `sh` blocks, in indented lines, and as code in the text. */
function commandsIn(text: string): string[] {
	const blocks = codeBlocksIn(text).filter(({ language }) => language === 'sh');
	const lines = blocks.flatMap(({ code }) => code.split('\n'));
	const indented = [...text.matchAll(/^ {4}(npm .*)$/gm)].map(([, line = '']) => line);
	const inline = codesIn(text.replace(/^```.*?^```$/gms, '')).filter((code) => /^npm /.test(code));
	return [...lines, ...indented, ...inline]
		.map((line) => line.replace(/\s+#.*$/, '').trim())
		.filter((line) => line !== '');
}

const commands = [...new Set(pageFiles.flatMap((page) => commandsIn(readText(page))))];

/** A command's script and its arguments. */
function partsOf(command: string): { script: string; args: string[] } {
	const [, run, script = '', rest = ''] =
		/^npm (run )?([\w:]+)(?: --(?<rest> .+))?$/.exec(command) ?? [];
	expect([command, run !== undefined || ['start', 'test'].includes(script)]).toEqual([
		command,
		true,
	]);
	return { script, args: rest.trim().split(/\s+/).filter(Boolean) };
}

/** Scripts that .ci/run runs completely. */
const inCi = [...readText('.ci/run').matchAll(/^npm (?:run )?([\w:]+)$/gm)].map(
	([, script]) => script,
);

/** Scripts that aren't run here because they take long, need more than a clone, or change files. */
const byHand: Readonly<Record<string, string>> = {
	start: 'sets up a real n8n, as test:e2e does, and needs port 5678',
	pictures: 'changes docs/pictures, and needs a browser',
	'test:mutation': 'takes an hour',
	'test:ui': 'needs a browser',
	'test:compat': 'sets up several versions of n8n',
	'check:live': 'needs keys, and costs money',
};

/** Runs a file of the project until it ends or has printed the expected text. */
async function printed(file: string, args: string[], until = /$^/): Promise<string> {
	const tsx = join(project, 'node_modules/tsx/dist/cli.mjs');
	const child = spawn(process.execPath, [tsx, file, ...args], { cwd: project });
	let text = '';
	await new Promise<void>((resolve) => {
		const add = (chunk: Buffer) => {
			text += chunk.toString();
			if (until.test(text)) child.kill();
		};
		child.stdout.on('data', add);
		child.stderr.on('data', add);
		child.once('close', () => resolve());
	});
	return text;
}

it('there are commands, and each is npm with an existing script', () => {
	expect(commands).toContain('npm start');
	expect(commands).toContain('npm run bench -- --ours');
	const unknown = commands.filter((command) => !(partsOf(command).script in scripts));
	expect(unknown).toEqual([]);
});

it('.ci/run runs the tests that the README lists', () => {
	expect(inCi).toEqual(expect.arrayContaining(['test', 'test:faults', 'test:fuzz', 'test:e2e']));
});

const others = commands
	.map((command) => ({ command, ...partsOf(command) }))
	.filter(({ script, args }) => !inCi.includes(script) || args.length > 0);

describe.each(others)('$command', ({ script, args }) => {
	const files = [...(scripts[script] ?? '').matchAll(/[\w./]+\.(?:json|m?[jt]s)\b/g)].map(String);

	it('is run by a test or listed as not run', () => {
		expect(['bench', 'sandbox', ...inCi, ...Object.keys(byHand)]).toContain(script);
	});

	it('names existing files and options', () => {
		expect(files.filter((file) => !existsSync(join(project, file)))).toEqual([]);
		if (script === 'bench') return;
		const sources = files.flatMap((file) => {
			const commandLine = file.replace(/[^/]+$/, 'commandLine.ts');
			return [file, commandLine].filter((source) => existsSync(join(project, source)));
		});
		const code = sources.map(readText).join('\n');
		const options = args.filter((arg) => arg.startsWith('--'));
		const known = (name: string) =>
			code.includes(`'${name}'`) || code.includes(`${name.slice(2)}:`);
		expect(options.filter((name) => !known(name))).toEqual([]);
	});

	if (script !== 'bench') return;

	it('is understood by the benchmark', () => {
		const options = readCommandLine(args);
		expect(options).toBeDefined();
		if (!options) return;
		const steps = createSteps('', options).map(({ name }) => name);
		expect(steps).toEqual(expect.arrayContaining([...options.only]));
	});
});

it('`npm run bench -- --help` lists every option on the pages', async () => {
	const help = await printed('bench/main.ts', ['--help']);
	const named = others
		.filter(({ script }) => script === 'bench')
		.flatMap(({ args }) => args.filter((arg) => arg.startsWith('--')));
	expect(named.filter((option) => !help.includes(option))).toEqual([]);
});

it('`npm run sandbox` prints addresses and keys, with the ports of its page', async () => {
	expect(scripts.sandbox).toMatch(/&& tsx sandbox\/main\.ts$/);
	const text = await printed('sandbox/main.ts', [], /Ctrl-C/);
	const table = tablesIn(readText('sandbox/README.md')).find(({ header }) => header[0] === 'host');
	const ports = table?.rows.map(([host = '', port]) => [codesIn(host)[0] ?? '', Number(port)]);
	expect(readText('README.md')).toContain(`localhost:${n8nPorts.n8n}`);
	expect(Object.fromEntries(ports ?? [])).toEqual(FIXED_PORTS);
	// If another sandbox is already running on the machine, it says so.
	if (!text.includes('EADDRINUSE')) {
		for (const port of Object.values(FIXED_PORTS)) expect(text).toContain(`:${port} `);
	}
});
