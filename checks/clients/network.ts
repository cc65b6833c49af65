import { Agent, setGlobalDispatcher } from 'undici';

/** One origin, and the one where it's found instead. */
export interface Route {
	readonly from: string;
	readonly to: string;
}

export interface Network {
	readonly strays: readonly string[];
	close(): Promise<void>;
}

/**
 * Leads `fetch` of the whole process from public names to this machine, below every client: none is changed or configured
 * for it. Loopback addresses stay; any other is refused and noted.
 */
export function leadTo(routes: readonly Route[]): Network {
	const agent = new Agent();
	const strays: string[] = [];
	setGlobalDispatcher(
		agent.compose((dispatch) => (options, handler) => {
			const origin = String(options.origin);
			const to = routes.find(({ from }) => from === origin)?.to;
			if (to !== undefined) return dispatch({ ...options, origin: to }, handler);
			if (new URL(origin).hostname === '127.0.0.1') return dispatch(options, handler);
			strays.push(origin);
			throw new Error(`There is no ${origin} here`);
		}),
	);
	return { strays, close: async () => await agent.close() };
}
