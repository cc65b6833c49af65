import { rmSync } from 'node:fs';

/**
 * Removes the folders that `setup.js` created in this run. Those of other runs stay, because they may be in
 * use.
 */
export default function teardown(): void {
	const folder = process.env['Z_IMAGE_TEST_FOLDER'];
	if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
}
