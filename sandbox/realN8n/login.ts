import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Login } from './editorApi';

/** The owner account's login: created on the first start, and stored next to n8n's own files. */
export async function ownerLogin(userFolder: string): Promise<Login> {
	const file = join(userFolder, 'login.json');
	const kept = await readFile(file, 'utf8').catch(() => undefined);
	if (kept !== undefined) return JSON.parse(kept) as Login;
	const login = {
		email: 'owner@example.com',
		// n8n requires an upper-case letter and a digit.
		password: `Z1-${randomBytes(6).toString('hex')}`,
	};
	await writeFile(file, JSON.stringify(login), { mode: 0o600 });
	return login;
}
