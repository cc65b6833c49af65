/** A credential in the form that `n8n import:credentials` reads. */
export interface CredentialFile {
	readonly id: string;
	readonly name: string;
	readonly type: string;
	readonly data: {
		readonly apiKey: string;
		readonly baseUrl: string;
		readonly storageUrl?: string;
	};
}

/** Where the sandbox's providers are, and the keys that they accept. */
export interface SandboxAccess {
	readonly urls: Readonly<Record<'fal' | 'novita' | 'highway' | 'aimlapi', string>>;
	readonly keys: Readonly<Record<'fal' | 'novita' | 'highway' | 'aimlapi', string>>;
}

const CREDENTIALS = [
	{ id: 'zImageSandboxFal', name: 'fal', type: 'zImageFalApi', provider: 'fal' },
	{ id: 'zImageSandboxNovita', name: 'Novita', type: 'zImageNovitaApi', provider: 'novita' },
	{
		id: 'zImageSandboxHighway',
		name: 'Highway API',
		type: 'zImageHighwayApi',
		provider: 'highway',
	},
	{ id: 'zImageSandboxAiml', name: 'AI/ML API', type: 'zImageAimlApi', provider: 'aimlapi' },
] as const;

/** One credential per provider, for the sandbox; the example workflows refer to them by id. */
export function sandboxCredentials({ urls, keys }: SandboxAccess): CredentialFile[] {
	return CREDENTIALS.map(({ provider, ...credential }) => ({
		...credential,
		data: {
			apiKey: keys[provider],
			baseUrl: urls[provider],
			...(provider === 'fal' && { storageUrl: urls.fal }),
		},
	}));
}
