import { Agent, setGlobalDispatcher } from 'undici';

/** A public origin and the local origin that replaces it. */
export interface Route {
	readonly from: string;
	readonly to: string;
}

export interface Network {
	readonly strays: readonly string[];
	close(): Promise<void>;
}

/**
 * Redirects every `fetch` of this process from public names to this machine. The clients need no change and no
 * configuration. Loopback addresses are left alone. Any other address is refused and recorded.
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
