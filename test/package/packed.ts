import { execFile } from 'child_process';
import { mkdtempSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { promisify } from 'util';

const run = promisify(execFile);

export const projectFolder = join(__dirname, '../..');

/** Runs one of the tests' programs in its own process and reads its JSON. */
export async function runJson<T>(program: string, args: string[], env = {}): Promise<T> {
	const { stdout } = await run(process.execPath, [join(__dirname, program), ...args], {
		// With NODE_ENV=test, which jest sets, eslint-plugin-n8n-nodes-base ignores the type of file.
		env: { ...process.env, NODE_ENV: 'production', ...env },
		maxBuffer: 64 * 1024 * 1024,
	});
	return JSON.parse(stdout.slice(stdout.indexOf('{'))) as T;
}

export interface PackedPackage {
	/** The unpacked tarball's folder, like `node_modules/n8n-nodes-z-image` in an n8n. */
	readonly folder: string;
	/** Paths in the tarball. */
	readonly files: readonly string[];
	remove(): void;
}

/** Packs what would be published, and unpacks it outside of the project. */
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
