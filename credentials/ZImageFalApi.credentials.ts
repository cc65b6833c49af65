import type { Icon, ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';

import { authenticateWith, testUrlExpression } from '../nodes/ZImage/http/credential';
import { keysNotice } from '../nodes/ZImage/properties/keysNotice';

const ownUrl = 'https://queue.fal.run';

export class ZImageFalApi implements ICredentialType {
	name = 'zImageFalApi';

	displayName = 'Z-Image: fal.ai API';

	icon: Icon = { light: 'file:../icons/fal.svg', dark: 'file:../icons/fal.dark.svg' };

	documentationUrl = 'https://docs.fal.ai/model-apis/quickstart';

	properties: INodeProperties[] = [
		keysNotice('Create a key with the scope API at', 'fal.ai/dashboard/keys'),
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			placeholder: 'e.g. 1234abcd-...:5678efgh...',
			required: true,
			default: '',
			description: 'Your fal API key with scope API. It has two parts, separated by a colon.',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: ownUrl,
			description:
				"Keep the default unless you use a gateway. The key is sent to this host, to fal's storage and, for the test and task lists, to its platform API.",
		},
		{
			displayName: 'Storage URL',
			name: 'storageUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://rest.fal.ai',
			description:
				"Leave empty unless your gateway uses another address for files. Source images above 256 KiB are uploaded there, with your key. Default: fal's own storage for fal's own Base URL, otherwise the Base URL.",
		},
	];

	authenticate = authenticateWith('Key', ownUrl);

	/**
	 * The prices of a model: free, and refused without a good key. fal keeps them on another host than
	 * its queue; any other base URL (a gateway, the sandbox) is asked itself.
	 * Source: fal's platform API, GET /v1/models/pricing.
	 */
	test: ICredentialTestRequest = {
		request: {
			baseURL: testUrlExpression(ownUrl, 'https://api.fal.ai'),
			url: '/v1/models/pricing',
			qs: { endpoint_id: 'fal-ai/z-image/turbo' },
		},
		rules: [401, 403].map((code) => ({
			type: 'responseCode' as const,
			properties: {
				value: code,
				message: 'fal rejected this API key. Check it, or create a new one if it was deleted.',
			},
		})),
	};
}
