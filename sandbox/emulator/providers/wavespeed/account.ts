import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Answer } from '../../answer';
import type { Context } from '../../context';
import { send } from '../../faults';
import { bodyOf } from '../../host';
import { refuseKey, waveSpeedAnswer, waveSpeedError } from './answers';
import type { WaveSpeedModel } from './model';
import { findWaveSpeedModel, WAVESPEED_MODELS } from './models';

const BALANCE = 10;

/** GUESS: the form of a schema. The official clients show that an entry has one. */
const apiSchemaOf = ({ fields }: WaveSpeedModel): object => ({
	type: 'object',
	properties: Object.fromEntries(fields.map(({ name }) => [name, {}])),
	required: fields.flatMap(({ name, isRequired }) => (isRequired ? [name] : [])),
});

/**
 * Free calls: the balance (the key check), the models, a price quote. [n8n-nodes-wavespeed, mcp-server,
 * wavespeed-desktop]
 */
export function addWaveSpeedAccount(host: FastifyInstance, context: Context): void {
	const answer = (request: FastifyRequest, good: () => Answer): Answer =>
		refuseKey(context, request) ?? good();
	const get = (path: string, data: () => unknown) =>
		host.get(path, (request, reply) =>
			send(
				reply,
				answer(request, () => waveSpeedAnswer(data())),
			),
		);
	get('/api/v3/balance', () => ({ balance: BALANCE }));
	// On only one help page. [WaveSpeed docs: check-balance]
	get('/api/v3/account/balance', () => ({ balance: BALANCE, currency: 'USD' }));
	get('/api/v3/models', () =>
		WAVESPEED_MODELS.map((model) => ({
			model_id: model.id,
			base_price: model.priceOf({}),
			api_schema: apiSchemaOf(model),
		})),
	);

	const quote = (priceOf: (price: number) => object) => (request: FastifyRequest) => {
		const body = bodyOf(request).json as
			{ model_id?: unknown; inputs?: unknown } | null | undefined;
		const model = findWaveSpeedModel(body?.model_id);
		// GUESS: how an unknown model is refused.
		if (model === undefined) return waveSpeedError(404, 'model not found');
		return waveSpeedAnswer(priceOf(model.priceOf(body?.inputs)));
	};
	const post = (path: string, good: (request: FastifyRequest) => Answer) =>
		host.post(path, (request, reply) =>
			send(
				reply,
				answer(request, () => good(request)),
			),
		);
	post(
		'/api/v3/model/price',
		quote((price) => ({ price, discounted_price: price, currency: 'USD' })),
	);
	// From the older desktop app.
	post(
		'/api/v3/model/pricing',
		quote((price) => ({ unit_price: price, currency: 'USD' })),
	);
}
