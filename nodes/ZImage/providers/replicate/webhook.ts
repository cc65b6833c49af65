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
	// One of the events while it works says of itself that it is not over; the end may come before it.
	parse(body) {
		const { id, status } = reportSchema.parse(body);
		return { taskId: id, isOver: lastStates.has(status) };
	},
} as const satisfies ProviderWebhook;
