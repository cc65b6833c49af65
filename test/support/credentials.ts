import { readdirSync } from 'fs';
import { createRequire } from 'module';
import { join } from 'path';

import type { ICredentialType } from 'n8n-workflow';

import type { Provider } from '../../nodes/ZImage/providers/provider';
import { providers } from '../../nodes/ZImage/providers/registry';
import type { Sandbox } from '../../sandbox/emulator/server';
import { baseUrlOf } from '../../sandbox/realN8n/credentials';
import type { CredentialData } from './credentialsHelper';

const folder = join(__dirname, '..', '..', 'credentials');
const load = createRequire(__filename);

/** Every credential type of the package. */
export const credentialTypes: readonly ICredentialType[] = readdirSync(folder).flatMap((file) =>
	Object.values(load(join(folder, file)) as Record<string, new () => ICredentialType>).map(
		(CredentialType) => new CredentialType(),
	),
);

/** Each provider's credential, with the sandbox's key and address. */
export function credentialsFor({ keys, urls }: Sandbox): CredentialData {
	return Object.fromEntries(
		providers.map((provider) => {
			const { credentialType, isOwnServer, defaultStorageUrl }: Provider = provider;
			const baseUrl = baseUrlOf(provider.id, urls);
			const data = {
				...(isOwnServer && { authentication: 'bearer' }),
				apiKey: keys[provider.id],
				baseUrl,
				...(defaultStorageUrl !== undefined && { storageUrl: baseUrl }),
			};
			return [credentialType, data];
		}),
	);
}
