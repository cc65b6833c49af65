import type { FastifyReply } from 'fastify';
import { type ChatMessage, type OfferedTool, type Turn, nextTurn, textOf } from './scriptedModel';
import { type Service, createService, jsonOf } from './service';

export const OPENAI_KEY = 'sk-sandbox-openai';
export const MODEL = 'scripted-model';

/** What the model received in one turn. */
export interface ModelTurn {
	readonly tools: readonly OfferedTool[];
	readonly messages: readonly ChatMessage[];
	/** The tools' responses so far, in order. */
	readonly toolResults: readonly string[];
}

export interface OpenaiService extends Service {
	readonly turns: ModelTurn[];
}

interface ChatRequest {
	readonly model?: string;
	readonly stream?: boolean;
	readonly messages?: readonly ChatMessage[];
	readonly tools?: ReadonlyArray<{ readonly function: OfferedTool }>;
}

const USAGE = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };

function messageOf(turn: Turn, id: string) {
	return 'say' in turn
		? { role: 'assistant', content: turn.say }
		: {
				role: 'assistant',
				content: null,
				tool_calls: [{ index: 0, id, type: 'function', function: turn.call }],
			};
}

/** The same response as server-sent events, in a single piece. */
function stream(reply: FastifyReply, completion: object, message: object, reason: string) {
	const chunk = (delta: object, finish_reason: string | null) =>
		`data: ${JSON.stringify({ ...completion, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
	return reply
		.header('content-type', 'text/event-stream')
		.send(`${chunk(message, null)}${chunk({}, reason)}data: [DONE]\n\n`);
}

/** A model behind OpenAI's chat completions that follows a script. It costs nothing and knows nothing. */
export function createOpenai(): OpenaiService {
	const service = createService();
	const turns: ModelTurn[] = [];
	service.host.addHook('preHandler', async (request, reply) => {
		if (request.headers.authorization === `Bearer ${OPENAI_KEY}`) return;
		const message = 'Incorrect API key provided.';
		await reply.code(401).send({ error: { message, type: 'invalid_request_error' } });
	});
	service.host.get('/v1/models', () => ({
		object: 'list',
		data: [{ id: MODEL, object: 'model', created: 0, owned_by: 'sandbox' }],
	}));
	service.host.post('/v1/chat/completions', (request, reply) => {
		const { messages = [], ...asked } = jsonOf(request) as ChatRequest;
		const tools = (asked.tools ?? []).map((tool) => tool.function);
		const toolResults = messages
			.filter(({ role }) => role === 'tool')
			.map(({ content }) => textOf(content));
		turns.push({ tools, messages, toolResults });
		const turn = nextTurn(messages, tools);
		const message = messageOf(turn, `call_${turns.length}`);
		const reason = 'say' in turn ? 'stop' : 'tool_calls';
		const id = `chatcmpl-${turns.length}`;
		const completion = { id, created: 0, model: asked.model ?? MODEL, usage: USAGE };
		if (asked.stream) return stream(reply, completion, message, reason);
		const choices = [{ index: 0, message, finish_reason: reason, logprobs: null }];
		return reply.send({ ...completion, object: 'chat.completion', choices });
	});
	return { ...service, turns };
}
