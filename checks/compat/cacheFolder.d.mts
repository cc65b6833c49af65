/** Where the versions of n8n and of Node.js are kept. */
export function cacheFolder(): string;
