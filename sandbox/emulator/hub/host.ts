import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { jsonAnswer, textAnswer, type Answer } from '../answer';
import type { Context } from '../context';
import { respond, send } from '../faults';
import { createHost, pathOf } from '../host';
import { parseWords, wordProblem } from '../words';
import { hubError, listModels, MODELS, readExpand } from './listModels';
import { DETAIL_FIELDS, pick } from './repository';

/** GUESS: the words; `{error}` is the shape of every error here. */
const ERRORS: Record<number, string> = {
	404: 'Not Found',
	429: 'We had to rate limit your IP. Please log in or use your access token.',
	500: 'Internal Error - We are working hard to fix this as soon as possible!',
	503: 'Service Unavailable',
};
const errorFor = (status: number): Answer => hubError(status, ERRORS[status] ?? `Error ${status}`);

/** "Invalid username or password.", instead of 404, for a missing repository. */
const UNKNOWN = hubError(401, 'Invalid username or password.');

const findModel = (id: string) => MODELS.find((info) => info['id'] === id);

/** A stand-in for huggingface.co: the part of its models API that finds LoRAs, without a key. */
export function createHubHost(context: Context): FastifyInstance {
	const host = createHost('hub', context);
	const urlOf = (request: FastifyRequest) => new URL(request.url, context.urls.hub);
	const answerWith =
		(answer: (url: URL) => Answer) => async (request: FastifyRequest, reply: FastifyReply) => {
			const url = urlOf(request);
			const text = `${pathOf(request)} ${url.searchParams.get('search') ?? ''}`;
			const problem = wordProblem(text);
			if (problem !== undefined) return await send(reply, hubError(400, problem));
			return await respond({
				context,
				stage: 'hub',
				key: text,
				faults: parseWords(text, 'hub'),
				request,
				reply,
				error: errorFor,
				answer: () => answer(url),
			});
		};
	host.setNotFoundHandler((_request, reply) => send(reply, errorFor(404)));
	host.setErrorHandler((_error, _request, reply) => send(reply, errorFor(500)));
	host.get('/api/models', answerWith(listModels));
	host.get('/api/models/*', answerWith(showModel));
	host.get('/:owner/:name/resolve/main/*', answerWith(resolveFile));
	return host;
}

/** `GET /api/models/owner/name`: everything, or with `expand` as in the list. */
function showModel(url: URL): Answer {
	const info = findModel(decodeURIComponent(url.pathname).slice('/api/models/'.length));
	if (info === undefined) return UNKNOWN;
	const expand = readExpand(url.searchParams);
	if ('status' in expand) return expand;
	return jsonAnswer(200, pick(info, expand.length > 0 ? ['_id', 'id', ...expand] : DETAIL_FIELDS));
}

/** A repository's file: some bytes that name their origin. */
function resolveFile(url: URL): Answer {
	const [, owner, name, , , ...rest] = decodeURIComponent(url.pathname).split('/');
	const file = rest.join('/');
	const info = findModel(`${owner}/${name}`);
	if (info === undefined) return UNKNOWN;
	// GUESS: the words of both refusals.
	if (info['gated'] !== false)
		return hubError(401, `Access to model ${owner}/${name} is restricted.`);
	const files = info['siblings'] as ReadonlyArray<{ rfilename: string }>;
	return files.some(({ rfilename }) => rfilename === file)
		? textAnswer(200, 'application/octet-stream', `${owner}/${name}/${file} of the sandbox\n`)
		: hubError(404, 'Entry not found');
}
