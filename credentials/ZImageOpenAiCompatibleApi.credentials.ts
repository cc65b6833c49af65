import type { Icon, ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';

import { authenticateAtServer, serverUrlExpression } from '../nodes/ZImage/http/credential';
import { serverAccessProperties } from '../nodes/ZImage/properties/serverAccess';

const ownUrl = 'http://127.0.0.1:8000';

export class ZImageOpenAiCompatibleApi implements ICredentialType {
	name = 'zImageOpenAiCompatibleApi';

	displayName = 'Z-Image: OpenAI-Compatible API';

	icon: Icon = {
		light: 'file:../icons/openaiCompatible.svg',
		dark: 'file:../icons/openaiCompatible.dark.svg',
	};

	documentationUrl =
		'https://github.com/n8n-nodes-z-image/n8n-nodes-z-image/blob/main/docs/providers/openaiCompatible.md';

	properties: INodeProperties[] = [
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: ownUrl,
			description:
				'Address of your server as seen from n8n, with or without /v1. Default ports: vLLM-Omni 8000, SGLang 30000, LocalAI 8080, sd-server 1234.',
		},
		...serverAccessProperties,
	];

	authenticate = authenticateAtServer(ownUrl);

	/** The models: free. Source: https://platform.openai.com/docs/api-reference/models/list */
	test: ICredentialTestRequest = {
		request: {
			baseURL: serverUrlExpression(ownUrl, '/v1'),
			url: '/v1/models',
		},
		rules: [
			...[401, 403].map((code) => ({
				type: 'responseCode' as const,
				properties: {
					value: code,
					message:
						'The server, or the proxy in front of it, rejected the credential. Check Authentication.',
				},
			})),
			{
				type: 'responseCode',
				properties: {
					value: 404,
					message: 'No OpenAI-compatible server found at this address. Check the Base URL.',
				},
			},
		],
	};
}
