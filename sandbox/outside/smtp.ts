import { once } from 'node:events';
import { type AddressInfo, type Socket, createServer } from 'node:net';

/** An e-mail as it arrived. */
export interface Mail {
	readonly from: string;
	readonly to: readonly string[];
	/** Headers and body, as the client sent them. */
	readonly source: string;
}

export interface SmtpService {
	readonly port: number;
	readonly mails: Mail[];
	close(): Promise<void>;
}

const END = '\r\n.\r\n';
const addressIn = (line: string) => /<([^>]*)>/.exec(line)?.[1] ?? '';

/** Speaks to one client. A message is over with a line that holds only a dot. [RFC 5321, 4.5.2] */
function converse(socket: Socket, accept: (mail: Mail) => void): void {
	let [received, inMessage, from, to]: [string, boolean, string, string[]] = ['', false, '', []];
	const say = (line: string) => socket.write(`${line}\r\n`);
	const answers: Readonly<Record<string, (line: string) => void>> = {
		EHLO: () => say('250 sandbox'),
		HELO: () => say('250 sandbox'),
		MAIL: (line) => {
			from = addressIn(line);
			say('250 OK');
		},
		RCPT: (line) => {
			to.push(addressIn(line));
			say('250 OK');
		},
		DATA: () => {
			inMessage = true;
			say('354 End with a dot');
		},
		QUIT: () => {
			say('221 Bye');
			socket.end();
		},
	};
	say('220 sandbox ESMTP');
	socket.setEncoding('latin1').on('data', (text: string) => {
		received += text;
		for (;;) {
			const end = received.indexOf(inMessage ? END : '\r\n');
			if (end === -1) return;
			const piece = received.slice(0, end);
			received = received.slice(end + (inMessage ? END.length : 2));
			if (inMessage) {
				inMessage = false;
				accept({ from, to, source: piece.replace(/^\.\./gm, '.') });
				to = [];
				say('250 OK');
			} else {
				const answer = answers[piece.slice(0, 4).toUpperCase()];
				if (answer) answer(piece);
				else say('502 Command not implemented');
			}
		}
	});
	socket.on('error', () => socket.destroy());
}

/** A mail server without passwords and without TLS, that keeps every mail. */
export async function startSmtp(): Promise<SmtpService> {
	const mails: Mail[] = [];
	const sockets = new Set<Socket>();
	const server = createServer((socket) => {
		sockets.add(socket);
		socket.on('close', () => sockets.delete(socket));
		converse(socket, (mail) => mails.push(mail));
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		port: (server.address() as AddressInfo).port,
		mails,
		close: async () => {
			const closed = once(server, 'close');
			server.close();
			for (const socket of sockets) socket.destroy();
			await closed;
		},
	};
}
