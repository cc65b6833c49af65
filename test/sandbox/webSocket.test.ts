import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { WebSocket } from 'undici';
import { WebSocketEnd } from '../../sandbox/emulator/webSocket';

let server: Server;
let ends: WebSocketEnd[] = [];
const portOf = () => (server.address() as AddressInfo).port;

beforeEach(async () => {
	ends = [];
	server = createServer().on('upgrade', (request, socket, head) => {
		const end = WebSocketEnd.accept(request, socket, head);
		if (end === undefined) socket.destroy();
		else ends.push(end);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
	for (const end of ends) end.destroy();
	await new Promise((resolve) => server.close(resolve));
});

async function open(): Promise<{ client: WebSocket; end: WebSocketEnd; texts: string[] }> {
	const client = new WebSocket(`ws://127.0.0.1:${portOf()}`);
	const texts: string[] = [];
	client.addEventListener('message', ({ data }) => texts.push(String(data)));
	await new Promise((resolve) => client.addEventListener('open', resolve));
	return { client, end: ends[0]!, texts };
}
const until = async (isTrue: () => boolean): Promise<void> => {
	while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 2));
};

/** Exchanges raw bytes with the server, after a handshake. */
async function openRaw(
	more = Buffer.alloc(0),
): Promise<{ socket: Socket; received: () => Buffer }> {
	const socket = connect(portOf(), '127.0.0.1');
	let bytes = Buffer.alloc(0);
	socket.on('data', (more) => (bytes = Buffer.concat([bytes, more])));
	const request =
		'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
	socket.write(Buffer.concat([Buffer.from(request), more]));
	await until(() => bytes.includes('\r\n\r\n'));
	// The example of RFC 6455, 1.3.
	expect(bytes.toString()).toContain('Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
	bytes = bytes.subarray(bytes.indexOf('\r\n\r\n') + 4);
	return { socket, received: () => bytes };
}

describe('WebSocketEnd', () => {
	it.each([5, 125, 126, 70_000])('sends a text of %d bytes', async (length) => {
		const { end, texts } = await open();
		const text = 'é'.repeat(Math.floor(length / 2)).padEnd(length - Math.floor(length / 2), 'x');
		end.send(text);
		await until(() => texts.length > 0);
		expect(texts).toEqual([text]);
		expect(Buffer.byteLength(text)).toBe(length);
	});

	it('responds to a close, and reports it', async () => {
		const { client, end } = await open();
		let isGone = false;
		end.onClose(() => (isGone = true));
		const closed = new Promise<number>((resolve) =>
			client.addEventListener('close', ({ code }) => resolve(code)),
		);
		client.close(1000);
		expect(await closed).toBe(1000);
		await until(() => isGone);
		end.send('nobody hears it');
	});

	it("responds to a ping that arrives in pieces, and skips what it doesn't use", async () => {
		const { socket, received } = await openRaw();
		// RFC 6455, 5.7: a masked text "Hello", then a masked ping of the same.
		const frame = (first: number) =>
			Buffer.from([first, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]);
		const long = Buffer.concat([
			Buffer.from([0x82, 0xfe, 0x01, 0x00, 0, 0, 0, 0]),
			Buffer.alloc(256),
		]);
		socket.write(Buffer.concat([frame(0x81), long, frame(0x89).subarray(0, 4)]));
		await new Promise((resolve) => setTimeout(resolve, 20));
		expect(received()).toHaveLength(0);
		socket.write(frame(0x89).subarray(4));
		await until(() => received().length >= 7);
		expect(received()).toEqual(Buffer.from([0x8a, 5, ...Buffer.from('Hello')]));
		socket.destroy();
	});

	it('reads what comes right after the handshake', async () => {
		const { socket, received } = await openRaw(Buffer.from([0x89, 0x80, 1, 2, 3, 4]));
		// The pong may come with the response to the handshake, or after it.
		await until(() => received().includes(Buffer.from([0x8a, 0])));
		socket.destroy();
	});

	it('fails without a handshake', async () => {
		const socket = connect(portOf(), '127.0.0.1');
		socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n');
		await new Promise((resolve) => socket.on('close', resolve));
		expect(ends).toEqual([]);
	});
});
