/** The parts of a chat message that the script reads. */
export interface ChatMessage {
	readonly role: string;
	readonly content?: unknown;
	readonly tool_calls?: ReadonlyArray<unknown> | null;
}

/** A tool that a model is offered: what it reads about the node. */
export interface OfferedTool {
	readonly name: string;
	readonly description?: string;
	readonly parameters?: { readonly properties?: Readonly<Record<string, unknown>> };
}

/** What the model does next. */
export type Turn =
	| { readonly call: { readonly name: string; readonly arguments: string } }
	| { readonly say: string };

const SCRIPTED_CALL = /\[call (\S+) (\{.*?\})\](?=\s|$)/gs;
const SCRIPTED_ANSWER = /\[say (.*?)\](?=\s|$)/s;
const FIELD_OF_RESULT = /<(\w+)>/g;
const SIZE = /\b\d{2,4}x\d{2,4}\b/;
const USUAL_SIZE = '1024x1024';

/** Content may be a string or a list of parts. */
export function textOf(content: unknown): string {
	if (typeof content === 'string') return content;
	if (!Array.isArray(content)) return '';
	return (content as ReadonlyArray<{ text?: string }>).map(({ text = '' }) => text).join('');
}

function callByTheUsersWords(words: string, { name, parameters }: OfferedTool): Turn {
	const size = SIZE.exec(words)?.[0];
	const values: Record<string, string> = {
		Prompt: words.replace(SIZE, '').replace(/[\s,.]+$/, ''),
		Size: size ?? USUAL_SIZE,
	};
	const wanted = Object.keys(parameters?.properties ?? {}).filter((key) => key in values);
	const given = Object.fromEntries(wanted.map((key) => [key, values[key]]));
	return { call: { name, arguments: JSON.stringify(given) } };
}

/** Fills in values from the last result, like a model that has read it. */
const withFields = (given: string, result: string): string =>
	given.replace(FIELD_OF_RESULT, (all, field: string) => {
		const value = new RegExp(`"${field}":"([^"]*)"`).exec(result)?.[1];
		return value ?? all;
	});

/** A sentence with the URL from the last tool's response, or with the reason why there is none. */
function sentenceAbout(result: string): string {
	const url = /"url":"([^"]+)"/.exec(result)?.[1];
	if (url !== undefined) return `Here it is: ${url}`;
	const reason = /"error":"((?:[^"\\]|\\.)*)"/.exec(result)?.[1];
	return reason === undefined ? `The tool said: ${result}` : `I could not make it: ${reason}`;
}

/**
 * Decides a model's next step from a script in the user's message: the calls `[call TOOL {"name": "value"}]`,
 * one in each turn, with `<field>` for a field of the last result. Without any, it calls the first tool with
 * the user's message, once. Then it answers with the words of `[say WORDS]`, if there are any.
 */
export function nextTurn(messages: readonly ChatMessage[], tools: readonly OfferedTool[]): Turn {
	const asked = messages.map(({ role }) => role).lastIndexOf('user');
	const words = textOf(messages[asked]?.content);
	const results = messages.slice(asked + 1).filter(({ role }) => role === 'tool');
	const last = textOf(results.at(-1)?.content);
	const script = [...words.matchAll(SCRIPTED_CALL)];
	const [, name, given] = script[results.length] ?? [];
	if (name !== undefined && given !== undefined) {
		return { call: { name, arguments: withFields(given, last) } };
	}
	const [, answer] = SCRIPTED_ANSWER.exec(words) ?? [];
	if (answer !== undefined) return { say: answer };
	const [tool] = tools;
	if (results.length === 0 && tool) return callByTheUsersWords(words, tool);
	return { say: results.length > 0 ? sentenceAbout(last) : `You said: ${words}` };
}
