import os from 'node:os';
import path from 'node:path';
import process from 'node:process';

/**
 * Where the versions of n8n are kept, up to 2.6 GB each. The folder is outside the project for two reasons: n8n
 * would find missing packages in the project's node_modules, and every Jest run would scan its 100,000 files.
 */
export function cacheFolder() {
	const own = process.env.Z_IMAGE_COMPAT_FOLDER;
	if (own) return path.resolve(own);
	const cache = process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache');
	return path.join(cache, 'n8n-nodes-z-image-compat');
}
