import type { FastifyInstance } from 'fastify';
import { jsonAnswer } from '../../answer';
import type { Context } from '../../context';
import { send } from '../../faults';
import { createHost, pathOf } from '../../host';
import { SD_SERVER } from '../sdcpp/openAi';
import { addFlavor, type Place } from './flavor';
import { GATEWAY } from './gateway';
import { LocalAi } from './localAi';
import { Sglang } from './sglang';
import { VLLM_OMNI } from './vllmOmni';

const NAME = 'openaiCompatible';

/** Several servers on one port, each with its own path before `/v1`. */
export function createOpenAiCompatibleHost(context: Context): FastifyInstance {
	const host = createHost(NAME, context);
	const place: Place = { context, host: NAME };
	const own = [
		new Sglang(place, '/sglang', 'none'),
		new Sglang(place, '/sglang-files', 'folder'),
		new Sglang(place, '/sglang-cloud', 'cloud'),
		new LocalAi(place),
	];
	const flavors = [...own, VLLM_OMNI, SD_SERVER, GATEWAY];
	for (const flavor of flavors) addFlavor(host, place, flavor);
	for (const flavor of own) flavor.addRoutes(host);
	const flavorOf = (path: string) =>
		flavors.find((flavor) => path.startsWith(`${flavor.path}/`)) ?? GATEWAY;
	host.setNotFoundHandler((request, reply) => {
		const path = pathOf(request);
		const flavor = flavorOf(path);
		if (flavor !== GATEWAY) return send(reply, flavor.errorFor(404));
		const message = `Invalid URL (${request.method} ${path})`;
		const error = { message, type: 'invalid_request_error', param: null, code: null };
		return send(reply, jsonAnswer(404, { error }));
	});
	host.setErrorHandler((_error, request, reply) =>
		send(reply, flavorOf(pathOf(request)).errorFor(500)),
	);
	return host;
}
