import { readdirSync, readFileSync } from 'fs';
import { join } from 'path';

const folder = join(__dirname, '..', 'fixtures');

/** One answer of a provider, as a document or a witness gives it. */
export interface Fixture {
	/** The document, or a mark of providers.md: [3P] reported by others, [INF] inferred. */
	readonly origin: string;
	readonly statusCode: number;
	readonly body: unknown;
}

/** The names of a provider's fixtures, without `.json`. */
export function fixtureNames(providerId: string): string[] {
	return readdirSync(join(folder, providerId))
		.map((file) => file.replace(/\.json$/, ''))
		.sort();
}

/** The answer in `test/fixtures/<providerId>/<name>.json`. */
export function readFixture(providerId: string, name: string): Fixture {
	return JSON.parse(readFileSync(join(folder, providerId, `${name}.json`), 'utf8')) as Fixture;
}
