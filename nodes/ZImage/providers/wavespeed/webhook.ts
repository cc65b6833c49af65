import type { ProviderWebhook } from '../provider';
import { hmacSignature } from '../shared/webhookSignature';
import { reportSchema, secretSchema } from './schemas';

/** The states of a running task. Source: https://wavespeed.ai/docs/get-result */
const firstStates: ReadonlySet<string> = new Set(['created', 'processing']);

/** Sources: https://wavespeed.ai/docs/webhooks, https://wavespeed.ai/docs/verify-webhooks */
export const wavespeedWebhook = {
	// Unlike elsewhere, the key is the secret's text itself, without decoding.
	...hmacSignature({
		version: 'v3',
		encoding: 'hex',
		keyOf: (secret) => secret.replace(/^whsec_/, ''),
	}),
	keys: { method: 'GET', path: '/api/v3/webhook/secret' },
	parseKeys: ({ body }) => [secretSchema.parse(body).data.secret],
	parse(body) {
		const { id, status } = reportSchema.parse(body);
		return { taskId: id, isOver: !firstStates.has(status) };
	},
} as const satisfies ProviderWebhook;
