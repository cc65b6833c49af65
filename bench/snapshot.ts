import { cp, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECT_FOLDER } from '../sandbox/realN8n/paths';
import { withTemporaryFolder } from './temporaryFolder';

/** Runs something with a copy of the built package, so that a concurrent build changes nothing. */
export async function withSnapshot<Result>(
	use: (folder: string) => Promise<Result>,
): Promise<Result> {
	return await withTemporaryFolder(async (folder) => {
		for (const name of ['package.json', 'index.js', 'dist']) {
			await cp(join(PROJECT_FOLDER, name), join(folder, name), { recursive: true });
		}
		await symlink(join(PROJECT_FOLDER, 'node_modules'), join(folder, 'node_modules'), 'junction');
		return await use(folder);
	});
}
