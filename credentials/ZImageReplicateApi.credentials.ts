import type { Icon, ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';

import { authenticateWith, testUrlExpression } from '../nodes/ZImage/http/credential';
import { keysNotice } from '../nodes/ZImage/properties/keysNotice';

const ownUrl = 'https://api.replicate.com';

export class ZImageReplicateApi implements ICredentialType {
	name = 'zImageReplicateApi';

	displayName = 'Z-Image: Replicate API';

	icon: Icon = { light: 'file:../icons/replicate.svg', dark: 'file:../icons/replicate.dark.svg' };

	documentationUrl = 'https://replicate.com/docs/topics/security/api-tokens';

	properties: INodeProperties[] = [
		keysNotice('Create a token at', 'replicate.com/account/api-tokens'),
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			placeholder: 'e.g. r8_...',
			required: true,
			default: '',
			description: "Your API token from Replicate's account settings",
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

	/** The account: free. Source: https://replicate.com/docs/reference/http#account.get */
	test: ICredentialTestRequest = {
		request: {
			baseURL: testUrlExpression(ownUrl),
			url: '/v1/account',
		},
		rules: [401, 403].map((code) => ({
			type: 'responseCode' as const,
			properties: {
				value: code,
				message:
					'Replicate rejected this API key. Check it, or create a new one if it was deleted.',
			},
		})),
	};
}
