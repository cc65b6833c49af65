/** Imported before n8n-core, which reads its settings when it is loaded. */
import { mkdtempSync, rmSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'z-image-faults-'));
process.env.N8N_USER_FOLDER = folder;
process.env.N8N_ENCRYPTION_KEY = 'key-of-the-faults';
// Whatever n8n logs is looked through for keys, so it logs all it can.
process.env.N8N_LOG_LEVEL = 'debug';
process.env.N8N_LOG_OUTPUT = 'console';
process.env.N8N_LOG_FORMAT = 'json';
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

// tsx takes the codex file beside a node, X.node.json, for the node itself.
registerHooks({
	resolve(specifier, context, nextResolve) {
		const isNode = /^\.{1,2}\/.*\.node$/.test(specifier);
		return nextResolve(isNode ? `${specifier}.ts` : specifier, context);
	},
});
