import { mkdtempSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';

/**
 * Gives n8n-core a key and a folder of its own, which is gone when the process ends; else it writes its settings into
 * the user's home folder. To be called before n8n-core is loaded.
 * @param parent where the folder is made. A Jest test never sees its process end, so there the run removes the parent.
 */
export function useN8nFolder(name: string, parent = tmpdir()): void {
	const folder = mkdtempSync(join(parent, `z-image-${name}-`));
	process.env.N8N_USER_FOLDER = folder;
	process.env.N8N_ENCRYPTION_KEY = `key-of-${name}`;
	process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
}
