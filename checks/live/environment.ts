/** Imported before n8n-core, which reads its settings when it is loaded. */
import { mkdtempSync, rmSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// The image is kept here until the check has looked at it; a key never is.
const folder = mkdtempSync(join(tmpdir(), 'z-image-live-'));
process.env.N8N_USER_FOLDER = folder;
process.env.N8N_ENCRYPTION_KEY = 'key-of-the-live-check';
process.env.N8N_LOG_LEVEL = 'silent';
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

// tsx takes the codex file beside a node, X.node.json, for the node itself.
registerHooks({
	resolve(specifier, context, nextResolve) {
		const isNode = /^\.{1,2}\/.*\.node$/.test(specifier);
		return nextResolve(isNode ? `${specifier}.ts` : specifier, context);
	},
});
