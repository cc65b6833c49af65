import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { run } from './command.mjs';
import { PROJECT, PROJECT_BIN } from './paths.mjs';

/** Explicit flags take precedence over the settings of a shell, an outer npm or a user's .npmrc. */
const NPM_FLAGS = [
	'--global=false',
	'--dry-run=false',
	'--workspaces=false',
	'--bin-links=true',
	'--package-lock=true',
	'--install-strategy=hoisted',
	'--legacy-peer-deps=false',
	'--include=dev',
	'--include=optional',
	'--include=peer',
	'--audit=false',
	'--fund=false',
	'--loglevel=error',
];

/**
 * Not `npm ci`, because it refuses a lock file without optional packages of other platforms. With an empty
 * node_modules, this command installs the locked versions anyway, and doesn't change the lock file.
 */
export const INSTALL = ['install', '--no-save', '--ignore-scripts=true'];

/** The project's Node comes first, so that the packages' scripts use it. */
function pathWithProjectNode() {
	const inherited = Object.keys(process.env).find((name) => name.toUpperCase() === 'PATH');
	return [PROJECT_BIN, inherited === undefined ? '' : process.env[inherited]]
		.filter(Boolean)
		.join(path.delimiter);
}

/** The environment without the settings of an outer npm or shell for another folder or for production. */
function npmEnvironment(extra) {
	const unwanted =
		/^(NODE_ENV|INIT_CWD|PATH|npm_(package|lifecycle)_.*|npm_config_(prefix|local_prefix|global_prefix|omit|only|production|location|ignore_scripts|nodedir|workspace))$/i;
	const kept = Object.entries(process.env).filter(([name]) => !unwanted.test(name));
	return { ...Object.fromEntries(kept), PATH: pathWithProjectNode(), ...extra };
}

/**
 * How to run npm: with the Node that runs the npm which started us, because the project's own Node is deleted
 * and written again.
 */
function npmCommand() {
	const { npm_execpath: cli, npm_node_execpath: node } = process.env;
	if (cli?.endsWith('npm-cli.js') && node && fs.existsSync(cli) && !node.startsWith(PROJECT)) {
		return { command: node, prefix: [cli], shell: false };
	}
	const onWindows = process.platform === 'win32';
	return { command: onWindows ? 'npm.cmd' : 'npm', prefix: [], shell: onWindows };
}

/** Runs npm in a folder. */
export function npm(label, cwd, args, extraEnvironment = {}) {
	const { command, prefix, shell } = npmCommand();
	const env = npmEnvironment(extraEnvironment);
	return run(label, { command, args: [...prefix, ...args, ...NPM_FLAGS], cwd, env, shell });
}
