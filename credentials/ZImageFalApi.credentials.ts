import type { Icon, ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';

import { authenticateWith, testUrlExpression } from '../nodes/ZImage/http/credential';

const ownUrl = 'https://queue.fal.run';

export class ZImageFalApi implements ICredentialType {
	name = 'zImageFalApi';

	displayName = 'Z-Image: Fal API';

	icon: Icon = { light: 'file:../icons/fal.svg', dark: 'file:../icons/fal.dark.svg' };

	documentationUrl = 'https://docs.fal.ai/model-apis/quickstart';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			placeholder: 'e.g. 1234abcd-…:5678efgh…',
			required: true,
			default: '',
			description:
				'A key of the scope API, from the dashboard of fal. It has two parts with a colon between them.',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: ownUrl,
			description:
				'Leave it as it is, unless you use a gateway. Address of the queue of fal. The key is sent to this host, to the storage of fal and, for the test and for lists of tasks, to its platform API.',
		},
		{
			displayName: 'Storage URL',
			name: 'storageUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://rest.fal.ai',
			description:
				"Leave it empty, unless your gateway has another address for files. Address for source images of more than 256 KiB; the key is sent to this host when one is uploaded. Default: fal's own storage with fal's own Base URL, else the Base URL.",
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
				message: 'fal refuses this API key. Check it, and make a new one if it was deleted.',
			},
		})),
	};
}
