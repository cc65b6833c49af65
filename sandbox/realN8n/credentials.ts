import { isOwnServer, PROVIDERS, type ProviderName } from '../emulator/hosts';
import { GOOGLE_TOKEN } from '../outside/google';
import { OPENAI_KEY } from '../outside/openai';
import { S3_KEYS } from '../outside/s3';
import { SLACK_TOKEN } from '../outside/slack';
import { TELEGRAM_TOKEN } from '../outside/telegram';
import { WORDPRESS_HOSTS, WORDPRESS_LOGIN } from '../outside/wordpress';

/** A credential in the form that `n8n import:credentials` reads. */
export interface CredentialFile<Data extends object = object> {
	readonly id: string;
	readonly name: string;
	readonly type: string;
	readonly data: Data;
}

/** A credential's data for our nodes. */
export interface ProviderData {
	/** Only for the user's own servers. */
	readonly authentication?: 'bearer';
	readonly apiKey: string;
	readonly baseUrl: string;
	readonly storageUrl?: string;
}

/** The addresses of the sandbox's providers, and the keys that they accept. */
export interface SandboxAccess {
	readonly urls: Readonly<Record<ProviderName, string>>;
	readonly keys: Readonly<Record<ProviderName, string>>;
}

const CREDENTIALS: Readonly<Record<ProviderName, Omit<CredentialFile, 'data'>>> = {
	fal: { id: 'zImageSandboxFal', name: 'fal', type: 'zImageFalApi' },
	novita: { id: 'zImageSandboxNovita', name: 'Novita', type: 'zImageNovitaApi' },
	highway: { id: 'zImageSandboxHighway', name: 'Highway API', type: 'zImageHighwayApi' },
	aimlapi: { id: 'zImageSandboxAiml', name: 'AI/ML API', type: 'zImageAimlApi' },
	wavespeed: { id: 'zImageSandboxWaveSpeed', name: 'WaveSpeed', type: 'zImageWaveSpeedApi' },
	replicate: { id: 'zImageSandboxReplicate', name: 'Replicate', type: 'zImageReplicateApi' },
	sdcpp: { id: 'zImageSandboxSdCpp', name: 'stable-diffusion.cpp', type: 'zImageSdCppApi' },
	openaiCompatible: {
		id: 'zImageSandboxOpenAiCompatible',
		name: 'OpenAI-compatible server',
		type: 'zImageOpenAiCompatibleApi',
	},
	comfyui: { id: 'zImageSandboxComfyUi', name: 'ComfyUI', type: 'zImageComfyUiApi' },
};

/** A provider's address. For OpenAI-compatible servers, the one that needs no model name. */
export const baseUrlOf = (provider: ProviderName, urls: SandboxAccess['urls']): string =>
	provider === 'openaiCompatible' ? `${urls[provider]}/vllm-omni` : urls[provider];

/** One sandbox credential per provider. The example workflows refer to them by ID. */
export function sandboxCredentials({ urls, keys }: SandboxAccess): CredentialFile<ProviderData>[] {
	return PROVIDERS.map((provider) => ({
		...CREDENTIALS[provider],
		data: {
			...(isOwnServer(provider) && { authentication: 'bearer' as const }),
			apiKey: keys[provider],
			baseUrl: baseUrlOf(provider, urls),
			...(provider === 'fal' && { storageUrl: urls.fal }),
		},
	}));
}

/** Credentials of n8n's own nodes, for the stand-ins in `sandbox/outside` that have their own address. */
export function outsideCredentials(urls: Readonly<Record<'s3' | 'openai', string>>) {
	return [
		{
			id: 'zImageSandboxS3',
			name: 'S3',
			type: 's3',
			data: { endpoint: urls.s3, ...S3_KEYS, forcePathStyle: true, ignoreSSLIssues: false },
		},
		{
			id: 'zImageSandboxOpenAi',
			name: 'OpenAI',
			type: 'openAiApi',
			data: { apiKey: OPENAI_KEY, url: `${urls.openai}/v1` },
		},
	] satisfies CredentialFile[];
}

const signedIn = {
	clientId: 'sandbox',
	clientSecret: 'sandbox',
	oauthTokenData: { access_token: GOOGLE_TOKEN, token_type: 'Bearer' },
};

/**
 * Credentials for the other stand-ins in `sandbox/outside`. `npm start` doesn't use them: Slack's and Google's
 * need its proxy, and there is no bot, site or mailbox to use.
 */
export function testCredentials({
	urls,
	smtp,
}: {
	readonly urls: Readonly<Record<'telegram', string>>;
	readonly smtp: { readonly port: number };
}) {
	return [
		{
			id: 'zImageSandboxSlack',
			name: 'Slack',
			type: 'slackApi',
			data: { accessToken: SLACK_TOKEN, signatureSecret: '' },
		},
		{
			id: 'zImageSandboxGoogleSheets',
			name: 'Google Sheets',
			type: 'googleSheetsOAuth2Api',
			data: signedIn,
		},
		{
			id: 'zImageSandboxGoogleDrive',
			name: 'Google Drive',
			type: 'googleDriveOAuth2Api',
			data: signedIn,
		},
		{
			id: 'zImageSandboxTelegram',
			name: 'Telegram',
			type: 'telegramApi',
			data: { accessToken: TELEGRAM_TOKEN, baseUrl: urls.telegram },
		},
		{
			id: 'zImageSandboxWordPress',
			name: 'WordPress',
			type: 'wordpressApi',
			data: {
				...WORDPRESS_LOGIN,
				url: `https://${WORDPRESS_HOSTS[0]}`,
				allowUnauthorizedCerts: false,
			},
		},
		{
			id: 'zImageSandboxSmtp',
			name: 'SMTP',
			type: 'smtp',
			data: { host: '127.0.0.1', port: smtp.port, secure: false, disableStartTls: true },
		},
	] satisfies CredentialFile[];
}
