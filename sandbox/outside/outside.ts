import type { AddressInfo } from 'node:net';
import { makeCertificate } from './certificate';
import { type HttpsProxy, startHttpsProxy } from './httpsProxy';
import { type OpenaiService, createOpenai } from './openai';
import { type S3Service, createS3 } from './s3';
import type { Service } from './service';
import { SLACK_HOSTS, type SlackService, createSlack } from './slack';

/** Stand-ins for the services that a workflow may use beside the providers of images. */
export interface Outside {
	readonly urls: { readonly s3: string; readonly openai: string };
	readonly s3: S3Service;
	readonly openai: OpenaiService;
	readonly slack: SlackService;
	/**
	 * n8n's Slack node knows one address only, `https://slack.com`. A program that uses this proxy and trusts
	 * this certificate (`HTTPS_PROXY`, `NODE_EXTRA_CA_CERTS`) finds the stand-in there.
	 */
	readonly proxy: HttpsProxy;
	readonly certificate: string;
	/** Forgets what was sent and stored. */
	reset(): void;
	close(): Promise<void>;
}

const portOf = ({ host }: Service): number => (host.server.address() as AddressInfo).port;

/** Starts all of them on loopback ports: those given, or any. */
export async function startOutside(
	ports: Readonly<{ s3?: number; openai?: number }> = {},
): Promise<Outside> {
	const tls = makeCertificate(SLACK_HOSTS);
	const [s3, openai, slack] = [createS3(), createOpenai(), createSlack(tls)];
	const listen = async ({ host }: Service, port = 0): Promise<string> =>
		await host.listen({ host: '127.0.0.1', port });
	const urls = { s3: await listen(s3, ports.s3), openai: await listen(openai, ports.openai) };
	await listen(slack);
	const proxy = await startHttpsProxy((host) =>
		SLACK_HOSTS.includes(host) ? portOf(slack) : undefined,
	);
	return {
		urls,
		s3,
		openai,
		slack,
		proxy,
		certificate: tls.cert,
		reset: () => {
			for (const { requests } of [s3, openai, slack]) requests.length = 0;
			s3.objects.clear();
			openai.turns.length = 0;
			slack.files.length = 0;
			proxy.refused.length = 0;
		},
		close: async () => {
			await proxy.close();
			await Promise.all([s3, openai, slack].map(async ({ host }) => await host.close()));
		},
	};
}
