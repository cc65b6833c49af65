import { readdirSync, readFileSync } from 'fs';
import { join } from 'path';

const folder = join(__dirname, '..', 'fixtures');

/** One response of a provider, from a document or another source. */
export interface Fixture {
	/** The document, or a mark from providers.md: [3P] reported by others, [INF] inferred. */
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

/** The response in `test/fixtures/<providerId>/<name>.json`. */
export function readFixture(providerId: string, name: string): Fixture {
	return JSON.parse(readFileSync(join(folder, providerId, `${name}.json`), 'utf8')) as Fixture;
}
