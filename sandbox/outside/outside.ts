import type { AddressInfo } from 'node:net';
import { makeCertificate } from './certificate';
import { GOOGLE_HOSTS, type GoogleService, createGoogle } from './google';
import { type HttpsProxy, startHttpsProxy } from './httpsProxy';
import { type OpenaiService, createOpenai } from './openai';
import { type S3Service, createS3 } from './s3';
import type { Service } from './service';
import { SLACK_HOSTS, type SlackService, createSlack } from './slack';
import { type SmtpService, startSmtp } from './smtp';
import { type TelegramService, createTelegram } from './telegram';
import { WORDPRESS_HOSTS, type WordPressService, createWordPress } from './wordpress';

/** Stand-ins for the services that a workflow may use besides the image providers. */
export interface Outside {
	readonly urls: Readonly<Record<'s3' | 'openai' | 'telegram', string>>;
	readonly s3: S3Service;
	readonly openai: OpenaiService;
	readonly slack: SlackService;
	readonly google: GoogleService;
	readonly telegram: TelegramService;
	readonly wordpress: WordPressService;
	readonly smtp: SmtpService;
	/**
	 * n8n's nodes for Slack and Google use fixed addresses, such as `https://slack.com`. A program that uses
	 * this proxy and trusts this certificate (`HTTPS_PROXY`, `NODE_EXTRA_CA_CERTS`) reaches the stand-ins
	 * there.
	 */
	readonly proxy: HttpsProxy;
	readonly certificate: string;
	/** Forgets what was sent and stored. */
	reset(): void;
	close(): Promise<void>;
}

const portOf = ({ host }: Service): number => (host.server.address() as AddressInfo).port;

/** Starts all of them on the given loopback ports, or on any. */
export async function startOutside(
	ports: Readonly<{ s3?: number; openai?: number }> = {},
): Promise<Outside> {
	const tls = makeCertificate([...SLACK_HOSTS, ...GOOGLE_HOSTS, ...WORDPRESS_HOSTS]);
	const [s3, openai, telegram] = [createS3(), createOpenai(), createTelegram()];
	const [slack, google, wordpress] = [createSlack(tls), createGoogle(tls), createWordPress(tls)];
	const behindProxy: ReadonlyArray<readonly [readonly string[], Service]> = [
		[SLACK_HOSTS, slack],
		[GOOGLE_HOSTS, google],
		[WORDPRESS_HOSTS, wordpress],
	];
	const services: readonly Service[] = [s3, openai, telegram, slack, google, wordpress];
	const listen = async ({ host }: Service, port = 0): Promise<string> =>
		await host.listen({ host: '127.0.0.1', port });
	const urls = {
		s3: await listen(s3, ports.s3),
		openai: await listen(openai, ports.openai),
		telegram: await listen(telegram),
	};
	await Promise.all(behindProxy.map(async ([, service]) => await listen(service)));
	const smtp = await startSmtp();
	const proxy = await startHttpsProxy((host) => {
		const found = behindProxy.find(([hosts]) => hosts.includes(host));
		return found && portOf(found[1]);
	});
	const kept: ReadonlyArray<unknown[]> = [
		...services.map(({ requests }) => requests),
		...[openai.turns, slack.files, slack.messages, google.rows, google.files, telegram.messages],
		...[wordpress.media, wordpress.posts, wordpress.articles, smtp.mails, proxy.refused],
	];
	return {
		urls,
		s3,
		openai,
		slack,
		google,
		telegram,
		wordpress,
		smtp,
		proxy,
		certificate: tls.cert,
		reset: () => {
			for (const list of kept) list.length = 0;
			s3.objects.clear();
		},
		close: async () => {
			await proxy.close();
			await smtp.close();
			await Promise.all(services.map(async ({ host }) => await host.close()));
		},
	};
}
