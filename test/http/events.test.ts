import fc from 'fast-check';

import { readEvents } from '../../nodes/ZImage/http/events';
import { NetworkError } from '../../nodes/ZImage/http/networkError';
import { errorOf } from '../support/fakeClient';

async function* chunksOf(chunks: ReadonlyArray<string | Uint8Array>) {
	for (const chunk of chunks) yield Buffer.from(chunk);
}

const read = async (...chunks: Array<string | Uint8Array>) => {
	const events: string[] = [];
	for await (const event of readEvents(chunksOf(chunks))) events.push(event);
	return events;
};

it.each<[string, string, string[]]>([
	['an event', 'data: a\n\n', ['a']],
	['events', 'data: a\n\ndata: b\n\n', ['a', 'b']],
	['lines that end with CR and LF', 'data: a\r\n\r\ndata: b\r\n\r\n', ['a', 'b']],
	['lines that end with CR', 'data: a\r\rdata: b\r\r:', ['a', 'b']],
	['an event of several lines', 'data: a\ndata: b\ndata\ndata: c\n\n', ['a\nb\n\nc']],
	['data without a space, and with two', 'data:a\n\ndata:  b\n\n', ['a', ' b']],
	['comments and other fields', ': hello\nevent: x\nid: 1\nretry: 5\ndata: a\n\n:\n\n', ['a']],
	['a field that only begins like data', 'database: a\n\n', []],
	['an event that is not complete', 'data: a\n\ndata: b\n', ['a']],
	['nothing between the events', '\n\n\ndata: a\n\n\n\n', ['a']],
	['a byte order mark', '\ufeffdata: a\n\n', ['a']],
	['no events at all', '<html>\n\n</html>', []],
	['nothing', '', []],
])('reads %s', async (_, text, events) => {
	expect(await read(text)).toStrictEqual(events);
});

it('reads the same, however the bytes are divided', () => {
	const bytes = Buffer.from('data: größe 🗼\r\ndata:b\r\n\r\n: ping\n\ndata: c\n\n\r\ndata: d\n\n');
	return fc.assert(
		fc.asyncProperty(
			fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 12 }),
			async (cuts) => {
				const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
				const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
				expect(await read(...chunks)).toStrictEqual(['größe 🗼\nb', 'c', 'd']);
			},
		),
	);
});

it('returns an event before the next chunk comes', async () => {
	let isAsked = false;
	async function* chunks() {
		yield Buffer.from('data: a\n\n');
		isAsked = true;
		yield Buffer.from('data: b\n\n');
	}
	const events = readEvents(chunks());
	expect(await events.next()).toStrictEqual({ done: false, value: 'a' });
	expect(isAsked).toBe(false);
});

it('reports every chunk, also one without an event', async () => {
	const goesOn = jest.fn();
	const events = readEvents(chunksOf([': ping\n\n', 'data: a', '\n\n']), goesOn);
	expect(await events.next()).toMatchObject({ value: 'a' });
	expect(goesOn).toHaveBeenCalledTimes(3);
});

const mebibyte = 1024 * 1024;

it.each([
	['in one line', `data: ${'a'.repeat(mebibyte)}`],
	['in many lines', `data: ${'a'.repeat(1000)}\n`.repeat(1100)],
])('reads no event that is too long, %s', async (_, text) => {
	const error = await errorOf(read(text.slice(0, 1000), text.slice(1000)));
	expect(error).toStrictEqual(new NetworkError('EMSGSIZE'));
});

it('reads any number of events that are not too long', async () => {
	const event = `data: ${'a'.repeat(100_000)}\n\n`;
	expect(await read(...Array<string>(20).fill(event))).toHaveLength(20);
});
