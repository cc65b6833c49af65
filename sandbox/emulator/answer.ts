/** An HTTP response before it is sent, so that one place can distort it. */
export interface Answer {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: Buffer;
}

export function jsonAnswer(
	status: number,
	body: unknown,
	headers: Readonly<Record<string, string>> = {},
): Answer {
	return {
		status,
		headers: { 'content-type': 'application/json', ...headers },
		body: Buffer.from(JSON.stringify(body)),
	};
}

export function textAnswer(
	status: number,
	contentType: string,
	text: string,
	headers: Readonly<Record<string, string>> = {},
): Answer {
	return { status, headers: { 'content-type': contentType, ...headers }, body: Buffer.from(text) };
}
