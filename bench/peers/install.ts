import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runOrThrow } from '../../sandbox/realN8n/childProcess';
import { cleanEnvironment } from '../../sandbox/realN8n/environment';
import { PROJECT_FOLDER } from '../../sandbox/realN8n/paths';
import { withTemporaryFolder } from '../temporaryFolder';

/**
 * Runs something with an npm package, which is installed into a temporary folder without running its scripts.
 */
export async function withNpmPackage<Result>(
	name: string,
	version: string,
	use: (folder: string) => Promise<Result>,
): Promise<Result> {
	return await withTemporaryFolder(async (folder) => {
		await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true }));
		await runOrThrow(
			'npm',
			[
				'install',
				`${name}@${version}`,
				'--ignore-scripts',
				'--omit=dev',
				'--omit=peer',
				'--no-audit',
				'--no-fund',
				'--loglevel=error',
			],
			{ cwd: folder, env: cleanEnvironment() },
		);
		const modules = join(folder, 'node_modules');
		// n8n provides it for every package.
		await symlink(
			join(PROJECT_FOLDER, 'node_modules/n8n-workflow'),
			join(modules, 'n8n-workflow'),
			'junction',
		);
		return await use(join(modules, name));
	});
}
