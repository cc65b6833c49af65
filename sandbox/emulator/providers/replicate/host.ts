import type { FastifyInstance } from 'fastify';
import { jsonAnswer } from '../../answer';
import type { Context } from '../../context';
import { send } from '../../faults';
import { createHost } from '../../host';
import { refuseKey, replicateError } from './answers';
import { ReplicateFiles } from './files';
import { findReplicateModel, type ReplicateModel } from './models';
import { Predictions } from './predictions';
import { ReplicateWebhooks } from './webhooks';

/** [replicate-javascript: index.d.ts, Model and ModelVersion] GUESS: the values. */
const describeModel = ({ owner, name, version }: ReplicateModel): object => ({
	url: `https://replicate.com/${owner}/${name}`,
	owner,
	name,
	description: null,
	visibility: 'public',
	is_official: true,
	run_count: 0,
	latest_version: {
		id: version,
		created_at: '2025-12-01T12:00:00.000Z',
		cog_version: null,
		openapi_schema: null,
	},
});

/** api.replicate.com/v1. */
export function createReplicateHost(context: Context): FastifyInstance {
	const host = createHost('replicate', context);
	host.setNotFoundHandler((_request, reply) => send(reply, replicateError(404)));
	host.setErrorHandler((_error, _request, reply) => send(reply, replicateError(500)));
	const files = new ReplicateFiles(context);
	files.addTo(host);
	const webhooks = new ReplicateWebhooks(context);
	webhooks.addTo(host);
	const predictions = new Predictions(context, files, webhooks);
	host.post('/v1/models/:owner/:name/predictions', (request, reply) =>
		predictions.createOfModel(request, reply),
	);
	host.post('/v1/predictions', (request, reply) => predictions.createOfVersion(request, reply));
	host.get('/v1/predictions', (request, reply) => predictions.list(request, reply));
	host.get('/v1/predictions/:id', (request, reply) => predictions.read(request, reply));
	host.post('/v1/predictions/:id/cancel', (request, reply) => predictions.cancel(request, reply));

	host.get('/v1/models/:owner/:name', (request, reply) => {
		const { owner, name } = request.params as { owner: string; name: string };
		const model = findReplicateModel(owner, name);
		const answer = model ? jsonAnswer(200, describeModel(model)) : replicateError(404);
		return send(reply, refuseKey(context, request) ?? answer);
	});
	// The key check. [replicate-javascript: lib/accounts.js]
	host.get('/v1/account', (request, reply) =>
		send(
			reply,
			refuseKey(context, request) ??
				jsonAnswer(200, {
					type: 'user',
					username: 'sandbox',
					name: 'Sandbox',
					github_url: 'https://github.com/sandbox',
				}),
		),
	);
	return host;
}
