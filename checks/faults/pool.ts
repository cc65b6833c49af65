/** Works through a list with limited concurrency. */
export async function pool<T>(
	list: readonly T[],
	size: number,
	work: (entry: T) => Promise<void>,
): Promise<void> {
	const queue = list.values();
	const worker = async (): Promise<void> => {
		for (const entry of queue) await work(entry);
	};
	await Promise.all(Array.from({ length: size }, worker));
}
