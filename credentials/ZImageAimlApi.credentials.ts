import type { Icon, ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';

import { authenticateWith, testUrlExpression } from '../nodes/ZImage/http/credential';

const ownUrl = 'https://api.aimlapi.com';

export class ZImageAimlApi implements ICredentialType {
	name = 'zImageAimlApi';

	displayName = 'Z-Image: AI/ML API';

	icon: Icon = { light: 'file:../icons/aimlapi.svg', dark: 'file:../icons/aimlapi.dark.svg' };

	documentationUrl = 'https://docs.aimlapi.com/quickstart/setting-up';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			placeholder: 'e.g. 1234abcd…',
			required: true,
			default: '',
			description: 'A key from the dashboard of AI/ML API',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: ownUrl,
			description:
				'Leave it as it is, unless you use a gateway. Address of AI/ML API. The key is sent to this host only.',
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
				message: 'AI/ML API refuses this API key. Check it, and make a new one if it was deleted.',
			},
		})),
	};
}
