import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Outside, startOutside } from '../../sandbox/outside/outside';
import {
	type CredentialFile,
	outsideCredentials,
	testCredentials,
} from '../../sandbox/realN8n/credentials';

/** Stand-ins for the other services that workflows use, and the settings that lead n8n to them. */
export interface OutsideServices {
	readonly outside: Outside;
	readonly credentials: readonly CredentialFile[];
	readonly settings: Readonly<Record<string, string>>;
	close(): Promise<void>;
}

export async function startOutsideServices(): Promise<OutsideServices> {
	const outside = await startOutside();
	const folder = await mkdtemp(join(tmpdir(), 'z-image-queue-outside-'));
	const certificateFile = join(folder, 'certificate.pem');
	await writeFile(certificateFile, outside.certificate);
	return {
		outside,
		credentials: [...outsideCredentials(outside.urls), ...testCredentials(outside)],
		settings: {
			HTTPS_PROXY: outside.proxy.url,
			https_proxy: outside.proxy.url,
			NODE_EXTRA_CA_CERTS: certificateFile,
		},
		close: async () => {
			await outside.close();
			await rm(folder, { recursive: true, force: true });
		},
	};
}
