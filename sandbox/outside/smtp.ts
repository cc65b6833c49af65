import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

/** An e-mail as it arrived. */
export interface Mail extends Pick<ParsedMail, 'attachments' | 'subject' | 'text'> {
	/** From the envelope, like the recipients. */
	readonly sender: string;
	readonly recipients: readonly string[];
}

export interface SmtpService {
	readonly port: number;
	readonly mails: Mail[];
	close(): Promise<void>;
}

/** A mail server without passwords and TLS that keeps every mail. */
export async function startSmtp(): Promise<SmtpService> {
	const mails: Mail[] = [];
	const smtp = new SMTPServer({
		authOptional: true,
		disabledCommands: ['AUTH', 'STARTTLS'],
		disableReverseLookup: true,
		logger: false,
		onData(stream, { envelope: { mailFrom, rcptTo } }, done) {
			const sender = mailFrom === false ? '' : mailFrom.address;
			simpleParser(stream)
				.then((mail) => {
					mails.push({ ...mail, sender, recipients: rcptTo.map(({ address }) => address) });
					done();
				})
				.catch(done);
		},
	});
	smtp.listen(0, '127.0.0.1');
	await once(smtp.server, 'listening');
	return {
		port: (smtp.server.address() as AddressInfo).port,
		mails,
		close: async () => await new Promise((resolve) => smtp.close(resolve)),
	};
}
