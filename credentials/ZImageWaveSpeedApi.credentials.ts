import type { Icon, ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';

import { authenticateWith, testUrlExpression } from '../nodes/ZImage/http/credential';
import { keysNotice } from '../nodes/ZImage/properties/keysNotice';

const ownUrl = 'https://api.wavespeed.ai';

export class ZImageWaveSpeedApi implements ICredentialType {
	name = 'zImageWaveSpeedApi';

	displayName = 'Z-Image: WaveSpeed API';

	icon: Icon = { light: 'file:../icons/wavespeed.svg', dark: 'file:../icons/wavespeed.dark.svg' };

	documentationUrl = 'https://wavespeed.ai/docs/api-authentication';

	properties: INodeProperties[] = [
		keysNotice('Create a key at', 'wavespeed.ai/accesskey'),
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			placeholder: 'e.g. 1234abcd...',
			required: true,
			default: '',
			description: "Your API key from WaveSpeed's access keys page",
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

	/**
	 * The balance: free. A wrong key is HTTP 401.
	 * Source: https://wavespeed.ai/docs/docs-common-api/balance and https://wavespeed.ai/docs/troubleshooting-guide
	 */
	test: ICredentialTestRequest = {
		request: {
			baseURL: testUrlExpression(ownUrl),
			url: '/api/v3/balance',
		},
		rules: [401, 403].map((code) => ({
			type: 'responseCode' as const,
			properties: {
				value: code,
				message:
					'WaveSpeed rejected this API key. Check it, or create a new one if it was deleted.',
			},
		})),
	};
}
