import { retryDelayMs } from '../../nodes/ZImage/http/retry';
import type { CallKind, ExpectedAnswer } from './answers/expected';
import { callKinds } from './answers/expected';
import type { Exchange } from './recorder';
import type { Difference } from './shape';
import { compare, uniqueDifferences, valuesAt } from './shape';

/** A response and the call it belongs to. */
export interface Call {
	readonly kind: CallKind;
	readonly exchange: Exchange;
}

/** All responses to one kind of call. */
export interface JudgedKind {
	readonly kind: CallKind;
	readonly codes: readonly number[];
	readonly count: number;
	readonly seconds: number;
	readonly differences: readonly Difference[];
}

const maxValueLength = 60;

function quote(value: unknown): string {
	return (JSON.stringify(value) ?? 'nothing').slice(0, maxValueLength);
}

/** Whether the nodes go on after this response: they accept any success code, and repeat free requests. */
function isBorne({ method, statusCode }: Exchange): boolean {
	const isSuccess = statusCode >= 200 && statusCode < 300;
	const purpose = method === 'GET' ? 'read' : 'submit';
	return isSuccess || retryDelayMs(purpose, { statusCode, headers: {} }, 1, 0, 0) !== null;
}

function judgeCode(exchange: Exchange, { codes }: ExpectedAnswer): Difference[] {
	const { statusCode } = exchange;
	if (codes.includes(statusCode)) return [];
	const text = `HTTP ${statusCode}, documented is ${codes.join(' or ')}`;
	return [{ breaks: !isBorne(exchange), text }];
}

function judgeBody(json: unknown, { shape, states, final }: ExpectedAnswer): Difference[] {
	if (json === undefined) return [{ breaks: true, text: 'the answer is no JSON' }];
	const state = states && valuesAt(json, states.path)[0];
	const isUnknown = typeof state === 'string' && !states?.values.includes(state);
	return [
		...compare(json, final && state === final.state ? final.shape : shape),
		...(isUnknown ? [{ breaks: true, text: `the state ${quote(state)} is not documented` }] : []),
	];
}

/**
 * How one response differs from the documentation. The bodies of errors aren't checked: the nodes only quote
 * them.
 */
export function judgeAnswer(exchange: Exchange, expected: ExpectedAnswer): Difference[] {
	const { statusCode, json, isWhole } = exchange;
	const code = judgeCode(exchange, expected);
	if (!isWhole) return [...code, { breaks: true, text: 'the answer broke off' }];
	const isError = !expected.codes.includes(statusCode) && statusCode >= 300;
	return isError ? code : [...code, ...judgeBody(json, expected)];
}

function judgeDownload({ statusCode, isWhole }: Exchange): Difference[] {
	const differences: Difference[] = [];
	if (statusCode !== 200)
		differences.push({ breaks: statusCode >= 400, text: `HTTP ${statusCode}` });
	if (!isWhole) differences.push({ breaks: true, text: 'the file broke off' });
	return differences;
}

/** Compares all responses with the documentation, call by call. */
export function judgeCalls(
	calls: readonly Call[],
	answers: Readonly<Partial<Record<CallKind, ExpectedAnswer>>>,
): JudgedKind[] {
	return callKinds.flatMap((kind): JudgedKind[] => {
		const exchanges = calls.filter((call) => call.kind === kind).map(({ exchange }) => exchange);
		if (exchanges.length === 0) return [];
		const expected = answers[kind];
		const differences = exchanges.flatMap((exchange) =>
			expected ? judgeAnswer(exchange, expected) : judgeDownload(exchange),
		);
		const milliseconds = exchanges.map(({ startedAtMs, endedAtMs }) => endedAtMs - startedAtMs);
		return [
			{
				kind,
				codes: [...new Set(exchanges.map(({ statusCode }) => statusCode))],
				count: exchanges.length,
				seconds: Math.max(...milliseconds) / 1000,
				differences: uniqueDifferences(differences),
			},
		];
	});
}
