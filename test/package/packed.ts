import { execFile } from 'child_process';
import { mkdtempSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { promisify } from 'util';

const run = promisify(execFile);

export const projectFolder = join(__dirname, '../..');

/** Runs a program of the tests in a process of its own and reads its JSON. */
export async function runJson<T>(program: string, args: string[], env = {}): Promise<T> {
	const { stdout } = await run(process.execPath, [join(__dirname, program), ...args], {
		// With NODE_ENV=test, as jest sets it, eslint-plugin-n8n-nodes-base takes every file for any.
		env: { ...process.env, NODE_ENV: 'production', ...env },
		maxBuffer: 64 * 1024 * 1024,
	});
	return JSON.parse(stdout.slice(stdout.indexOf('{'))) as T;
}

export interface PackedPackage {
	/** Where the tarball lies unpacked, as `node_modules/n8n-nodes-z-image` of an n8n would. */
	readonly folder: string;
	/** Paths in the tarball. */
	readonly files: readonly string[];
	remove(): void;
}

/** Packs what would be published, and unpacks it where nothing of the project is around it. */
export async function packPackage(): Promise<PackedPackage> {
	const root = mkdtempSync(join(tmpdir(), 'z-image-pack-'));
	const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', root], {
		cwd: projectFolder,
	});
	const [{ filename, files }] = JSON.parse(stdout) as [
		{ filename: string; files: Array<{ path: string }> },
	];
	await run('tar', ['-xzf', filename], { cwd: root });
	return {
		folder: join(root, 'package'),
		files: files.map(({ path }) => path),
		remove: () => rmSync(root, { recursive: true, force: true }),
	};
}
