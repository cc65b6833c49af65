import { AsyncLocalStorage } from 'node:async_hooks';

import { Container } from '@n8n/di';
import { BinaryDataService } from 'n8n-core';

import type { Clock } from '../../nodes/ZImage/http/clock';
import type { CredentialData } from '../../test/support/credentialsHelper';

/**
 * n8n's database becomes unavailable for a while. It contains the credentials and, in one of n8n's modes, the
 * files.
 */
export interface HostAway {
	readonly what: 'credentials' | 'files';
	/** How often it is used before it becomes unavailable. */
	readonly from: number;
	/** By the nodes' clock. */
	readonly seconds: number;
}

/** The database of one run. */
class Database {
	private uses = 0;
	private backAt: number | undefined;

	constructor(
		private readonly away: HostAway,
		private readonly clock: Clock,
	) {}

	/** @throws like TypeORM while it is unavailable */
	use(what: HostAway['what']): void {
		if (what !== this.away.what || this.uses++ < this.away.from) return;
		this.backAt ??= this.clock.now() + this.away.seconds * 1000;
		if (this.clock.now() < this.backAt) throw new Error('Driver not Connected');
	}
}

const databases = new AsyncLocalStorage<Database>();
let isWatched = false;

/** From now on, each file that n8n stores uses the database of its run. */
function watchFiles(): void {
	if (isWatched) return;
	isWatched = true;
	const service = Container.get(BinaryDataService);
	const store = service.store.bind(service);
	service.store = async (...values) => {
		databases.getStore()?.use('files');
		return await store(...values);
	};
}

/** Credentials that use a database whenever n8n reads them. */
function storedIn(database: Database, credentials: CredentialData): CredentialData {
	const properties = Object.entries(credentials).map(([type, data]) => {
		const get = () => {
			database.use('credentials');
			return data;
		};
		return [type, { enumerable: true, get }];
	});
	return Object.defineProperties({}, Object.fromEntries(properties) as PropertyDescriptorMap);
}

/** Runs something while n8n's database is unavailable for part of the time. */
export async function withHostAway<T>(
	away: HostAway | undefined,
	clock: Clock,
	credentials: CredentialData,
	work: (credentials: CredentialData) => Promise<T>,
): Promise<T> {
	if (!away) return await work(credentials);
	watchFiles();
	const database = new Database(away, clock);
	return await databases.run(database, async () => await work(storedIn(database, credentials)));
}
