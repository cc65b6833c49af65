import { mkdtempSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const existing = new Set<string>();

process.on('exit', () => {
	for (const folder of existing) rmSync(folder, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

/** Runs something with a folder that is removed afterwards, even if the benchmark is stopped. */
export async function withTemporaryFolder<Result>(
	use: (folder: string) => Promise<Result>,
): Promise<Result> {
	const folder = mkdtempSync(join(tmpdir(), 'z-image-bench-'));
	existing.add(folder);
	try {
		return await use(folder);
	} finally {
		await rm(folder, { recursive: true, force: true, maxRetries: 3 });
		existing.delete(folder);
	}
}
