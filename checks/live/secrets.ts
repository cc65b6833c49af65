/** Shorter texts aren't secrets and could be ordinary words. */
const minLength = 6;

/** The key, and its parts if it has several, like fal's. */
function partsOf(key: string): string[] {
	return [key, ...key.split(':')].filter(({ length }) => length >= minLength);
}

/** Removes keys from output, in whatever encoding a provider may have returned them. */
export class Secrets {
	private readonly texts: string[];

	constructor(keys: readonly string[]) {
		const parts = keys.flatMap(partsOf);
		this.texts = [
			...parts,
			...parts.map((part) => encodeURIComponent(part)),
			...parts.map((part) => Buffer.from(part).toString('base64').replace(/=+$/, '')),
		].sort((one, other) => other.length - one.length);
	}

	hide(text: string): string {
		return this.texts.reduce((hidden, secret) => hidden.replaceAll(secret, '***'), text);
	}
}

type Environment = Record<string, string | undefined>;

/** A key and the name of its environment variable. */
export interface NamedKey {
	readonly name: string;
	readonly key: string;
}

/**
 * Removes a key from the environment, so that nothing that starts later finds it there, such as an expression
 * with `$env`.
 */
export function takeKey(environment: Environment, names: readonly string[]): NamedKey | undefined {
	const found = names
		.map((name) => ({ name, key: environment[name]?.trim() ?? '' }))
		.find(({ key }) => key !== '');
	for (const name of names) delete environment[name];
	return found;
}
