import type { Icon, ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';

import { authenticateAtServer, serverUrlExpression } from '../nodes/ZImage/http/credential';
import { serverAccessProperties } from '../nodes/ZImage/properties/serverAccess';

const ownUrl = 'http://127.0.0.1:1234';

export class ZImageSdCppApi implements ICredentialType {
	name = 'zImageSdCppApi';

	displayName = 'Z-Image: Stable-Diffusion.cpp API';

	icon: Icon = { light: 'file:../icons/sdcpp.svg', dark: 'file:../icons/sdcpp.dark.svg' };

	documentationUrl =
		'https://github.com/n8n-nodes-z-image/n8n-nodes-z-image/blob/main/docs/providers/sdcpp.md';

	properties: INodeProperties[] = [
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: ownUrl,
			description:
				"Address of your sd-server as seen from n8n. In Docker, 127.0.0.1 is n8n's own container: use host.docker.internal or the server's name.",
		},
		...serverAccessProperties,
	];

	authenticate = authenticateAtServer(ownUrl);

	/** What the server can do. Source: https://github.com/leejet/stable-diffusion.cpp/blob/97d2990/examples/server/api.md */
	test: ICredentialTestRequest = {
		request: {
			baseURL: serverUrlExpression(ownUrl),
			url: '/sdcpp/v1/capabilities',
		},
		rules: [
			...[401, 403].map((code) => ({
				type: 'responseCode' as const,
				properties: {
					value: code,
					message:
						'The proxy in front of the server rejected the credential. Check Authentication.',
				},
			})),
			{
				type: 'responseCode',
				properties: {
					value: 404,
					message:
						'No stable-diffusion.cpp server with the native API found at this address. Check the Base URL.',
				},
			},
		],
	};
}
