import type { Icon, ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';

import { authenticateAtServer, serverUrlExpression } from '../nodes/ZImage/http/credential';
import { serverAccessProperties } from '../nodes/ZImage/properties/serverAccess';

const ownUrl = 'http://127.0.0.1:8188';

export class ZImageComfyUiApi implements ICredentialType {
	name = 'zImageComfyUiApi';

	displayName = 'Z-Image: ComfyUI API';

	icon: Icon = { light: 'file:../icons/comfyui.svg', dark: 'file:../icons/comfyui.dark.svg' };

	documentationUrl =
		'https://github.com/n8n-nodes-z-image/n8n-nodes-z-image/blob/main/docs/providers/comfyui.md';

	properties: INodeProperties[] = [
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: ownUrl,
			description:
				"Address of your ComfyUI server as seen from n8n. In Docker, 127.0.0.1 is n8n's own container: use host.docker.internal or the server's name.",
		},
		...serverAccessProperties,
	];

	authenticate = authenticateAtServer(ownUrl);

	/** What the server runs on. Source: https://docs.comfy.org/development/comfyui-server/comms_routes */
	test: ICredentialTestRequest = {
		request: {
			baseURL: serverUrlExpression(ownUrl),
			url: '/system_stats',
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
					message: 'No ComfyUI server found at this address. Check the Base URL.',
				},
			},
		],
	};
}
