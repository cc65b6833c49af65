/**
 * Does something with a signal that aborts as soon as one of several does. It listens to them only meanwhile. What
 * `AbortSignal.any` returns is connected until the garbage collector finds it, which takes long with thousands of them.
 * @throws what `work` throws
 */
export async function withEither<T>(
	signals: readonly AbortSignal[],
	work: (either: AbortSignal) => Promise<T>,
): Promise<T> {
	const first = new AbortController();
	const onAbort = () => first.abort(signals.find(({ aborted }) => aborted)?.reason);
	if (signals.some(({ aborted }) => aborted)) onAbort();
	for (const signal of signals) signal.addEventListener('abort', onAbort);
	try {
		return await work(first.signal);
	} finally {
		for (const signal of signals) signal.removeEventListener('abort', onAbort);
	}
}
