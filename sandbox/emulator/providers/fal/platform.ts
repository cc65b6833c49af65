import type { FastifyInstance, FastifyRequest } from 'fastify';
import { jsonAnswer, type Answer } from '../../answer';
import type { Context } from '../../context';
import { send } from '../../faults';
import { pathOf, queryOf } from '../../host';
import type { FalEndpoint } from './endpoint';
import { FAL_ENDPOINTS, findFalEndpoint } from './endpoints';
import { platformError } from './platformError';
import type { FalQueue } from './queue';
import { listFalRequests } from './requests';

const notFound = (message: string): Answer => platformError(404, 'not_found', message);

/** api.fal.ai/v1: prices (the key check), the list of models, the requests, the account. [fal docs: platform-apis] */
export function addFalPlatform(host: FastifyInstance, context: Context, queue: FalQueue): void {
	const refusal = (request: FastifyRequest): Answer | undefined =>
		request.headers.authorization === `Key ${context.keys.fal}`
			? undefined
			: platformError(401, 'authorization_error', 'Authentication required');

	/** The endpoints that a request names, by default all. Or the refusal of a missing one. */
	const endpointsOf = (request: FastifyRequest): readonly FalEndpoint[] | Answer => {
		const asked = new URL(request.url, 'http://host').searchParams
			.getAll('endpoint_id')
			.flatMap((ids) => ids.split(','))
			.filter((id) => id !== '');
		const unknown = asked.filter((id) => findFalEndpoint(id) === undefined);
		if (unknown.length > 0) return notFound(`Unknown endpoint: ${unknown.join(', ')}`);
		return FAL_ENDPOINTS.filter(({ id }) => asked.length === 0 || asked.includes(id));
	};

	host.get('/v1/models/pricing', (request, reply) => {
		const refused = refusal(request);
		if (refused !== undefined) return send(reply, refused);
		const endpoints = endpointsOf(request);
		if ('status' in endpoints) return send(reply, endpoints);
		const prices = endpoints.map(({ id, unitPrice, unit }) => ({
			endpoint_id: id,
			unit_price: unitPrice,
			unit,
			currency: 'USD',
		}));
		return send(reply, jsonAnswer(200, { prices, next_cursor: null, has_more: false }));
	});

	host.get('/v1/models/requests/by-endpoint', async (request, reply) => {
		const refused = refusal(request);
		if (refused !== undefined) return await send(reply, refused);
		const endpoints = endpointsOf(request);
		if ('status' in endpoints) return await send(reply, endpoints);
		return await listFalRequests(context, queue, endpoints, request, reply);
	});

	// Public data that needs no key.
	host.get('/v1/models', (request, reply) => {
		const endpoints = endpointsOf(request);
		if ('status' in endpoints) return send(reply, endpoints);
		const limit = Number(queryOf(request)['limit'] ?? 50);
		const models = endpoints.map(({ id, category }) => ({
			endpoint_id: id,
			metadata: {
				display_name: id.split('/').slice(1).join(' '),
				category,
				status: 'active',
			},
		}));
		return send(
			reply,
			jsonAnswer(200, {
				models: models.slice(0, limit),
				next_cursor: null,
				has_more: models.length > limit,
			}),
		);
	});

	// Needs an admin key, which the sandbox's key isn't. [fal docs: platform-apis/v1/account/billing]
	host.get('/v1/account/billing', (request, reply) =>
		send(
			reply,
			refusal(request) ??
				platformError(403, 'authorization_error', 'This operation needs an admin key'),
		),
	);

	host.all('/v1', (request, reply) => send(reply, notFound(`No route ${pathOf(request)}`)));
	host.all('/v1/*', (request, reply) => send(reply, notFound(`No route ${pathOf(request)}`)));
}
