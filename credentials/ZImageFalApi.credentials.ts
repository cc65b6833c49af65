import type {
	IAuthenticateGeneric,
	Icon,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

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
			default: 'https://queue.fal.run',
			description:
				'Leave it as it is, unless you use a gateway. Address of the queue of fal. The key is sent to this host, to the storage of fal and, for the test, to its platform API.',
		},
		{
			displayName: 'Storage URL',
			name: 'storageUrl',
			type: 'string',
			default: 'https://rest.fal.ai',
			description:
				'Leave it as it is, unless you use a gateway. Address of the storage of fal, for source images of more than 256 KiB. The key is sent to this host when such an image is uploaded.',
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { Authorization: '=Key {{$credentials.apiKey}}' } },
	};

	/**
	 * The prices of a model: free, and refused without a good key. fal keeps them on another host than
	 * its queue; any other base URL (a gateway, the sandbox) is asked itself.
	 * Source: fal's platform API, GET /v1/models/pricing.
	 */
	test: ICredentialTestRequest = {
		request: {
			baseURL:
				'={{ ($credentials.baseUrl || "https://queue.fal.run").replace("://queue.fal.run", "://api.fal.ai") }}',
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
