import type { INodeProperties } from 'n8n-workflow';

const ways = [
	{ name: 'None', value: 'none', description: 'The server accepts requests from everyone' },
	{ name: 'Bearer Token', value: 'bearer', description: 'Authorization: Bearer TOKEN' },
	{ name: 'Basic Auth', value: 'basic', description: 'User and password' },
	{ name: 'Header', value: 'header', description: 'A custom header' },
] as const;

function shownFor(way: (typeof ways)[number]['value']) {
	return { displayOptions: { show: { authentication: [way] } } };
}

/** How to authenticate with the user's own server or the proxy in front of it. Its credential also has the base URL. */
export const serverAccessProperties: INodeProperties[] = [
	{
		displayName: 'Authentication',
		name: 'authentication',
		type: 'options',
		options: ways.map((way) => ({ ...way })),
		default: 'none',
		description: 'What the server, or the proxy in front of it, requires',
	},
	{
		displayName: 'API Key',
		name: 'apiKey',
		type: 'string',
		typeOptions: { password: true },
		default: '',
		...shownFor('bearer'),
		description: 'The token to send as Authorization: Bearer',
	},
	{
		displayName: 'User',
		name: 'user',
		type: 'string',
		default: '',
		...shownFor('basic'),
	},
	{
		displayName: 'Password',
		name: 'password',
		type: 'string',
		typeOptions: { password: true },
		default: '',
		...shownFor('basic'),
	},
	{
		displayName: 'Header Name',
		name: 'headerName',
		type: 'string',
		default: '',
		placeholder: 'e.g. X-API-Key',
		...shownFor('header'),
	},
	{
		displayName: 'Header Value',
		name: 'headerValue',
		type: 'string',
		typeOptions: { password: true },
		default: '',
		...shownFor('header'),
	},
];
