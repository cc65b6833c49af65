import type { Icon, ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';

import { authenticateWith, testUrlExpression } from '../nodes/ZImage/http/credential';
import { keysNotice } from '../nodes/ZImage/properties/keysNotice';

const ownUrl = 'https://api.novita.ai';

export class ZImageNovitaApi implements ICredentialType {
	name = 'zImageNovitaApi';

	displayName = 'Z-Image: Novita API';

	icon: Icon = { light: 'file:../icons/novita.svg', dark: 'file:../icons/novita.dark.svg' };

	documentationUrl = 'https://novita.ai/docs/guides/introduction';

	properties: INodeProperties[] = [
		keysNotice('Create a key at', 'novita.ai/settings/key-management'),
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			placeholder: 'e.g. sk_...',
			required: true,
			default: '',
			description: "Your API key from Novita's key management page",
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: ownUrl,
			description:
				'Keep the default unless you use a gateway or a brand with the same API, such as PPIO. The key is sent only to this host.',
		},
	];

	authenticate = authenticateWith('Bearer', ownUrl);

	/** The balance: free. Source: https://novita.ai/docs/api-reference/basic-get-user-balance */
	test: ICredentialTestRequest = {
		request: {
			baseURL: testUrlExpression(ownUrl),
			url: '/openapi/v1/billing/balance/detail',
		},
		rules: [401, 403].map((code) => ({
			type: 'responseCode' as const,
			properties: {
				value: code,
				message: 'Novita rejected this API key. Check it, or create a new one if it was deleted.',
			},
		})),
	};
}
