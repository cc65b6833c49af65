import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** [RFC 6455, 1.3] */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** [RFC 6455, 5.2] */
const OPCODES = { text: 0x1, close: 0x8, ping: 0x9, pong: 0xa } as const;
const FINAL = 0x80;
const MASKED = 0x80;
/**
 * Up to this value, the length is in the second byte. These values mean that it is in the next 2 or 8 bytes.
 */
const LENGTH_IN_2 = 126;
const LENGTH_IN_8 = 127;

interface Frame {
	readonly opcode: number;
	readonly payload: Buffer;
	/** Of the whole frame. */
	readonly bytes: number;
}

/**
 * The server's end of a WebSocket, with what a stand-in needs [RFC 6455]: it sends texts, answers pings and a
 * close, and ignores everything else.
 */
export class WebSocketEnd {
	private received = Buffer.alloc(0);

	private constructor(
		private readonly socket: Duplex,
		head: Buffer,
	) {
		this.read(head);
		socket.on('data', (bytes: Buffer) => this.read(bytes));
		// A client that is gone needs nothing more.
		socket.on('error', () => socket.destroy());
	}

	/**
	 * Answers the handshake. Undefined if the request isn't one.
	 * @param head what came right after it
	 */
	static accept(
		{ headers }: IncomingMessage,
		socket: Duplex,
		head: Buffer,
	): WebSocketEnd | undefined {
		const key = headers['sec-websocket-key'];
		if (headers.upgrade?.toLowerCase() !== 'websocket' || key === undefined) return undefined;
		const accept = createHash('sha1')
			.update(key + GUID)
			.digest('base64');
		socket.write(
			`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
		);
		return new WebSocketEnd(socket, head);
	}

	send(text: string): void {
		this.write(OPCODES.text, Buffer.from(text));
	}

	onClose(listener: () => void): void {
		this.socket.once('close', listener);
	}

	destroy(): void {
		this.socket.destroy();
	}

	private write(opcode: number, payload: Buffer): void {
		if (!this.socket.writable) return;
		this.socket.write(Buffer.concat([headerOf(opcode, payload.length), payload]));
	}

	private read(bytes: Buffer): void {
		this.received = Buffer.concat([this.received, bytes]);
		for (let frame = parseFrame(this.received); frame !== undefined;) {
			this.received = this.received.subarray(frame.bytes);
			if (frame.opcode === OPCODES.ping) this.write(OPCODES.pong, frame.payload);
			if (frame.opcode === OPCODES.close) {
				this.write(OPCODES.close, frame.payload);
				this.socket.end();
				return;
			}
			frame = parseFrame(this.received);
		}
	}
}

function headerOf(opcode: number, length: number): Buffer {
	if (length < LENGTH_IN_2) return Buffer.of(FINAL | opcode, length);
	const isShort = length < 2 ** 16;
	const header = Buffer.alloc(isShort ? 4 : 10);
	header[0] = FINAL | opcode;
	header[1] = isShort ? LENGTH_IN_2 : LENGTH_IN_8;
	if (isShort) header.writeUInt16BE(length, 2);
	else header.writeBigUInt64BE(BigInt(length), 2);
	return header;
}

/** The first frame of a client's bytes. Undefined if it isn't complete yet. */
function parseFrame(bytes: Buffer): Frame | undefined {
	const [first = 0, second = 0] = bytes;
	const short = second & ~MASKED;
	const maskAt = short === LENGTH_IN_2 ? 4 : short === LENGTH_IN_8 ? 10 : 2;
	const payloadAt = (second & MASKED) === 0 ? maskAt : maskAt + 4;
	if (bytes.length < payloadAt) return undefined;
	const length =
		short === LENGTH_IN_2
			? bytes.readUInt16BE(2)
			: short === LENGTH_IN_8
				? Number(bytes.readBigUInt64BE(2))
				: short;
	if (bytes.length < payloadAt + length) return undefined;
	const mask = bytes.subarray(maskAt, payloadAt);
	const payload = Buffer.from(bytes.subarray(payloadAt, payloadAt + length));
	if (mask.length > 0) payload.forEach((byte, at) => (payload[at] = byte ^ (mask[at % 4] ?? 0)));
	return { opcode: first & 0xf, payload, bytes: payloadAt + length };
}
