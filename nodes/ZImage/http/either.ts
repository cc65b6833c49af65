/**
 * Who follows a signal. Only one listener is added to each, because Node.js before 24 warns of a leak when a run's signal
 * has more than ten.
 */
const followers = new WeakMap<
	AbortSignal,
	{ readonly all: Set<AbortController>; readonly tell: () => void }
>();

function follow(signal: AbortSignal, follower: AbortController): void {
	let known = followers.get(signal);
	if (!known) {
		const all = new Set<AbortController>();
		known = { all, tell: () => all.forEach((one) => one.abort(signal.reason)) };
		followers.set(signal, known);
		signal.addEventListener('abort', known.tell);
	}
	known.all.add(follower);
}

function unfollow(signal: AbortSignal, follower: AbortController): void {
	const known = followers.get(signal);
	if (!known?.all.delete(follower) || known.all.size > 0) return;
	followers.delete(signal);
	signal.removeEventListener('abort', known.tell);
}

/**
 * Does something with a signal that aborts as soon as one of several does. It follows them only meanwhile. What
 * `AbortSignal.any` returns is connected until the garbage collector finds it, which takes long with thousands of them.
 * @throws what `work` throws
 */
export async function withEither<T>(
	signals: readonly AbortSignal[],
	work: (either: AbortSignal) => Promise<T>,
): Promise<T> {
	const first = new AbortController();
	const aborted = signals.find((signal) => signal.aborted);
	if (aborted) first.abort(aborted.reason);
	for (const signal of signals) follow(signal, first);
	try {
		return await work(first.signal);
	} finally {
		for (const signal of signals) unfollow(signal, first);
	}
}
