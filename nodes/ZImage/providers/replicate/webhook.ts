import type { ProviderWebhook } from '../provider';
import { hmacSignature } from '../shared/webhookSignature';
import { reportSchema, secretSchema } from './schemas';

/** States after which nothing more comes. Source: https://replicate.com/docs/topics/predictions/lifecycle */
const lastStates: ReadonlySet<string> = new Set(['succeeded', 'failed', 'canceled', 'aborted']);

/** Source: https://replicate.com/docs/topics/webhooks */
export const replicateWebhook = {
	...hmacSignature({
		version: 'v1',
		encoding: 'base64',
		keyOf: (secret) => Buffer.from(secret.replace(/^whsec_/, ''), 'base64'),
	}),
	keys: { method: 'GET', path: '/v1/webhooks/default/secret' },
	parseKeys: ({ body }) => [secretSchema.parse(body).key],
	// The events during the work say themselves that it isn't over. The end may arrive before them.
	parse(body) {
		const { id, status } = reportSchema.parse(body);
		return { taskId: id, isOver: lastStates.has(status) };
	},
} as const satisfies ProviderWebhook;
