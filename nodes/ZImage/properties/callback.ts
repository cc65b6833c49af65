import type { INodeProperties } from 'n8n-workflow';

import type { Provider } from '../providers/provider';

const name = { displayName: 'Callback URL', name: 'callbackUrl' };

/**
 * The callback URL where it's used, and a hidden twin that is always there: n8n drops the value of a parameter that is not
 * displayed; the twin keeps it, so that the run can say that the value was not used.
 * @param providers those that call a URL
 * @param modes the places of the parameter Mode, in all versions of the node
 */
export function callbackUrlOptions(
	providers: readonly Provider[],
	modes: readonly string[] = ['/mode'],
): INodeProperties[] {
	return [
		...modes.map((mode): INodeProperties => ({
			...name,
			type: 'string',
			default: '={{ $execution.resumeUrl }}',
			displayOptions: {
				show: { '/provider': providers.map(({ id }) => id), [mode]: ['submit'] },
			},
			description:
				'Public URL that the provider calls when the task has ended. The prefilled one resumes a Wait node after this node (Resume: On Webhook Call, HTTP Method: POST). Default: none.',
		})),
		{ ...name, type: 'hidden', default: '' },
	];
}
