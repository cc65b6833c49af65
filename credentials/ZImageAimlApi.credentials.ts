import type { Icon, ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';

import { authenticateWith, testUrlExpression } from '../nodes/ZImage/http/credential';
import { keysNotice } from '../nodes/ZImage/properties/keysNotice';

const ownUrl = 'https://api.aimlapi.com';

export class ZImageAimlApi implements ICredentialType {
	name = 'zImageAimlApi';

	displayName = 'Z-Image: AI/ML API';

	icon: Icon = { light: 'file:../icons/aimlapi.svg', dark: 'file:../icons/aimlapi.dark.svg' };

	documentationUrl = 'https://docs.aimlapi.com/quickstart/setting-up';

	properties: INodeProperties[] = [
		keysNotice('Create a key at', 'aimlapi.com/app/keys'),
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			placeholder: 'e.g. 1234abcd...',
			required: true,
			default: '',
			description: 'Your API key from the AI/ML API dashboard',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: ownUrl,
			description: 'Keep the default unless you use a gateway. The key is sent only to this host.',
		},
	];

	authenticate = authenticateWith('Bearer', ownUrl);

	/** The balance: free. Source: https://docs.aimlapi.com/api-references/service-endpoints/account-balance */
	test: ICredentialTestRequest = {
		request: {
			baseURL: testUrlExpression(ownUrl),
			url: '/v2/billing',
		},
		rules: [401, 403].map((code) => ({
			type: 'responseCode' as const,
			properties: {
				value: code,
				message:
					'AI/ML API rejected this API key. Check it, or create a new one if it was deleted.',
			},
		})),
	};
}
