import { NetworkError } from './networkError';

/** The longest event that is read, in characters. */
const maxLength = 1024 * 1024;

/**
 * Ends of lines. A carriage return at the very end isn't one yet: the line feed that belongs to it may be in the next
 * chunk.
 */
const lineEnd = /\r\n|\n|\r(?!$)/;

/** A field with the data of an event; one space after the colon isn't part of it. */
const dataField = /^data(?:: ?(.*))?$/s;

/**
 * Reads server-sent events while they come in. Comments and fields other than the data are skipped.
 * Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 * @param goesOn is called for every chunk
 * @returns the data of each event that is complete
 * @throws NetworkError `EMSGSIZE` for an event that is too long; what the chunks throw
 */
export async function* readEvents(
	chunks: AsyncIterable<Uint8Array>,
	goesOn: () => void = () => {},
): AsyncGenerator<string> {
	const decoder = new TextDecoder();
	let unread = '';
	let data: string[] = [];
	let length = 0;
	for await (const chunk of chunks) {
		goesOn();
		const lines = (unread + decoder.decode(chunk, { stream: true })).split(lineEnd);
		unread = lines.pop() ?? '';
		for (const line of lines) {
			const field = dataField.exec(line);
			if (field) data.push(field[1] ?? '');
			length += line.length;
			if (line !== '') continue;
			if (data.length > 0) yield data.join('\n');
			data = [];
			length = 0;
		}
		if (length + unread.length > maxLength) throw new NetworkError('EMSGSIZE');
	}
}
