import type { INodeProperties } from 'n8n-workflow';

/**
 * The first line of a credential: where to get its key.
 * @param address the provider's page for keys, without https://
 */
export function keysNotice(text: string, address: string): INodeProperties {
	return {
		displayName: `${text} <a href="https://${address}" target="_blank">${address}</a>.`,
		name: 'keysNotice',
		type: 'notice',
		default: '',
	};
}
