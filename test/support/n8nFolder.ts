import { mkdtempSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';

/**
 * Gives n8n-core a key and its own folder, which is removed when the process ends. Otherwise n8n-core writes
 * its settings into the user's home folder. Call this before n8n-core is loaded.
 * @param parent where the folder is created. A Jest test doesn't see its process end, so there the run removes
 * the parent.
 */
export function useN8nFolder(name: string, parent = tmpdir()): void {
	const folder = mkdtempSync(join(parent, `z-image-${name}-`));
	process.env.N8N_USER_FOLDER = folder;
	process.env.N8N_ENCRYPTION_KEY = `key-of-${name}`;
	process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
}
