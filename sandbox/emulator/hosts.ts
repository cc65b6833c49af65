export const HOSTS = ['fal', 'falSync', 'novita', 'highway', 'aimlapi', 'files', 'hub'] as const;
export type HostName = (typeof HOSTS)[number];

export interface SandboxKeys {
	readonly fal: string;
	readonly novita: string;
	readonly highway: string;
	readonly aimlapi: string;
}
