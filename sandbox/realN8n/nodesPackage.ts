import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runOrThrow } from './childProcess';
import { cleanEnvironment } from './environment';
import { PROJECT_FOLDER } from './paths';

const PACKAGE_NAME = 'n8n-nodes-z-image';
const SOURCES = ['nodes', 'credentials', 'icons'];
const SETTINGS = ['package.json', 'tsconfig.json', 'gulpfile.js', 'index.js'];
const FINGERPRINT_FILE = '.fingerprint';

async function sourceFiles(): Promise<string[]> {
	const listings = await Promise.all(
		SOURCES.map(async (folder) => {
			const entries = await readdir(join(PROJECT_FOLDER, folder), {
				recursive: true,
				withFileTypes: true,
			});
			return entries
				.filter((entry) => entry.isFile())
				.map((entry) => join(entry.parentPath, entry.name));
		}),
	);
	return [...SETTINGS.map((file) => join(PROJECT_FOLDER, file)), ...listings.flat().sort()];
}

async function sourceFingerprint(): Promise<string> {
	const hash = createHash('sha256');
	for (const file of await sourceFiles()) {
		hash.update(`\n${file}\n`).update(await readFile(file));
	}
	return hash.digest('hex');
}

/** Builds and packs the nodes like a release, and unpacks the package into the given folders. */
async function buildInto(folders: readonly string[]): Promise<void> {
	const settings = { cwd: PROJECT_FOLDER, env: cleanEnvironment() };
	const work = await mkdtemp(join(tmpdir(), 'z-image-pack-'));
	try {
		await runOrThrow('npm', ['run', 'build'], settings);
		await runOrThrow('npm', ['pack', '--pack-destination', work], settings);
		const archive = (await readdir(work)).find((name) => name.endsWith('.tgz'));
		if (archive === undefined) throw new Error('npm pack wrote no package.');
		for (const folder of folders) {
			await rm(folder, { recursive: true, force: true });
			await mkdir(folder, { recursive: true });
			await runOrThrow('tar', ['-xzf', join(work, archive), '--strip-components=1'], {
				...settings,
				cwd: folder,
			});
		}
	} finally {
		await rm(work, { recursive: true, force: true });
	}
}

/**
 * Installs our nodes where each n8n keeps community nodes, from the same archive that npm would publish. Does
 * nothing if the installed sources are up to date.
 * @returns whether the nodes had to be built
 */
export async function installNodesPackage(...userFolders: readonly string[]): Promise<boolean> {
	const fingerprint = await sourceFingerprint();
	const isInstalled = async (folder: string) =>
		(await readFile(join(folder, FINGERPRINT_FILE), 'utf8').catch(() => undefined)) === fingerprint;
	const folders = userFolders.map((userFolder) =>
		join(userFolder, '.n8n', 'nodes', 'node_modules', PACKAGE_NAME),
	);
	const installed = await Promise.all(folders.map(isInstalled));
	const outdated = folders.filter((_, index) => !installed[index]);
	if (outdated.length === 0) return false;
	await buildInto(outdated);
	for (const folder of outdated) await writeFile(join(folder, FINGERPRINT_FILE), fingerprint);
	return true;
}
