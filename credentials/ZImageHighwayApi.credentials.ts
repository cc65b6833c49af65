import type { Icon, ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';

import { authenticateWith, testUrlExpression } from '../nodes/ZImage/http/credential';
import { keysNotice } from '../nodes/ZImage/properties/keysNotice';

const ownUrl = 'https://api.highwayapi.ai';

export class ZImageHighwayApi implements ICredentialType {
	name = 'zImageHighwayApi';

	displayName = 'Z-Image: Highway API';

	icon: Icon = { light: 'file:../icons/highway.svg', dark: 'file:../icons/highway.dark.svg' };

	documentationUrl = 'https://highwayapi.ai';

	properties: INodeProperties[] = [
		keysNotice('Create a key in the console of', 'highwayapi.ai'),
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			placeholder: 'e.g. sk_...',
			required: true,
			default: '',
			description: 'Your API key from the Highway API console',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: ownUrl,
			description:
				'Keep the default unless you use a gateway or a brand with the same API, such as JieKou AI. The key is sent only to this host.',
		},
	];

	authenticate = authenticateWith('Bearer', ownUrl);

	/**
	 * Highway documents no call that checks a key. Looking up a task that does not exist is free: a good
	 * key gets 404 TASK_NOT_FOUND, a bad one 401 or 403, told apart by the answer's body.
	 */
	test: ICredentialTestRequest = {
		request: {
			baseURL: testUrlExpression(ownUrl),
			url: '/v3/async/task-result',
			qs: { task_id: '00000000-0000-4000-8000-000000000000' },
			ignoreHttpStatusErrors: true,
		},
		rules: [
			...['FAILED_TO_AUTH', 'INVALID_API_KEY', 'MISSING_API_KEY', 'ACCESS_DENY'].map((reason) => ({
				type: 'responseSuccessBody' as const,
				properties: {
					key: 'reason',
					value: reason,
					message:
						'Highway API rejected this API key. Check it, or create a new one if it was deleted.',
				},
			})),
			...[401, 403].map((code) => ({
				type: 'responseSuccessBody' as const,
				properties: {
					key: 'code',
					value: code,
					message:
						'Highway API rejected this API key. Check it, or create a new one if it was deleted.',
				},
			})),
		],
	};
}
