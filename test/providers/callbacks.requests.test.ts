import type { Provider } from '../../nodes/ZImage/providers/provider';
import { callbackProviders, providers } from '../../nodes/ZImage/providers/registry';
import { imageRequest } from '../support/request';

const callbackUrl = 'https://n8n.example.com/webhook-waiting/7?signature=a';

/** What a callback URL adds to a request. */
const added: Readonly<Record<string, { query?: object; body?: object }>> = {
	// https://docs.fal.ai/model-endpoints/webhooks
	fal: { query: { fal_webhook: callbackUrl } },
	// https://wavespeed.ai/docs/webhooks
	wavespeed: { query: { webhook: callbackUrl } },
	// https://replicate.com/docs/reference/http#predictions.create
	replicate: { body: { webhook: callbackUrl, webhook_events_filter: ['completed'] } },
};

it('each provider with callbacks has a row here', () => {
	expect(callbackProviders.map(({ id }) => id)).toEqual(Object.keys(added));
});

it.each<[string, Provider]>(callbackProviders.map((provider) => [provider.id, provider]))(
	'%s receives the URL in its own form, for each of its endpoints',
	(id, provider) => {
		for (const { operation, model } of provider.endpoints) {
			const request = imageRequest({ operation, model, image: 'https://a.example/b.png' });
			const { body, ...call } = provider.submit(request);
			const { query, body: more } = added[id] ?? {};
			expect(provider.submit({ ...request, callbackUrl })).toStrictEqual({
				...call,
				...(query && { query }),
				body: { ...(body as object), ...more },
			});
		}
	},
);

it.each<[string, Provider]>(
	providers
		.filter(({ id }) => !(id in added))
		.map((provider): [string, Provider] => [provider.id, provider]),
)('%s has no callbacks', (_, { callsBack }) => {
	expect(callsBack).toBeUndefined();
});
