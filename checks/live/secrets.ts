/** Shorter texts are no secrets, and could be words. */
const minLength = 6;

/** The key, and the parts of one that has several, as fal's. */
function partsOf(key: string): string[] {
	return [key, ...key.split(':')].filter(({ length }) => length >= minLength);
}

/** Takes keys out of what is printed, in whatever form a provider may have sent them back. */
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

/** A key, and the name of the variable that it is from. */
export interface NamedKey {
	readonly name: string;
	readonly key: string;
}

/**
 * Takes a key out of the environment: nothing that is started or read later, such as an expression with `$env`, finds
 * it there.
 */
export function takeKey(environment: Environment, names: readonly string[]): NamedKey | undefined {
	const found = names
		.map((name) => ({ name, key: environment[name]?.trim() ?? '' }))
		.find(({ key }) => key !== '');
	for (const name of names) delete environment[name];
	return found;
}
