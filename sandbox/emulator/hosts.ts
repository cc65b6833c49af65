import table from './hostTable.json';

type Table = typeof table;
export type HostName = keyof Table;

/** The name of a host with its own key, as each provider has one. */
export type ProviderName = {
	[Name in HostName]: Table[Name] extends { key: string } ? Name : never;
}[HostName];

export type SandboxKeys = Readonly<Record<ProviderName, string>>;

interface Host {
	/** The port in `npm run sandbox` and `npm start`. */
	readonly port: number;
	readonly label: string;
	/** In the shape of the provider's keys. */
	readonly key?: string;
	/** The provider whose key this host accepts, if it isn't its own. */
	readonly keyOf?: string;
	/** It emulates the user's own server, with the key of a proxy in front of it. */
	readonly isOwnServer?: boolean;
	/** How many tasks it always works on at once, whatever the sandbox's setting. */
	readonly capacity?: number;
}

/** One row per host. It is JSON because `sandbox/checkPorts.mjs` reads it before anything is installed. */
const ROWS: Readonly<Record<HostName, Host>> = table;

export const HOSTS = Object.keys(table) as HostName[];

export const PROVIDERS = HOSTS.filter((name): name is ProviderName => ROWS[name].key !== undefined);

/** Whether a provider is the user's own server. */
export const isOwnServer = (name: ProviderName): boolean => ROWS[name].isOwnServer === true;

/** The hosted providers. */
export const HOSTED = PROVIDERS.filter((name) => !isOwnServer(name));

/** A value for each name. */
export const valuesFor = <Name extends string, Value>(
	names: readonly Name[],
	valueFor: (name: Name) => Value,
) => Object.fromEntries(names.map((name) => [name, valueFor(name)])) as Record<Name, Value>;

export const FIXED_PORTS = valuesFor(HOSTS, (name) => ROWS[name].port);
export const LABELS = valuesFor(HOSTS, (name) => ROWS[name].label);
export const DEFAULT_KEYS: SandboxKeys = valuesFor(PROVIDERS, (name) => table[name].key);

/** How many tasks a host always works on at once. */
export const capacityOf = (host: HostName): number => ROWS[host].capacity ?? Infinity;

/** The provider whose key a host accepts. Undefined if it needs none. */
export const keyOwner = (host: HostName): ProviderName | undefined =>
	PROVIDERS.find((provider) => provider === (ROWS[host].keyOf ?? host));
