import type { INodeProperties } from 'n8n-workflow';

/**
 * The first line of a credential: where its key comes from.
 * @param address of the provider's page of keys, without https://
 */
export function keysNotice(text: string, address: string): INodeProperties {
	return {
		displayName: `${text} <a href="https://${address}" target="_blank">${address}</a>.`,
		name: 'keysNotice',
		type: 'notice',
		default: '',
	};
}
