/** The result of some work, or undefined if it takes longer, in real time. */
export async function withinPatience<T>(
	work: Promise<T>,
	timeoutMs: number,
): Promise<T | undefined> {
	let timer: NodeJS.Timeout | undefined;
	const patience = new Promise<undefined>((resolve) => {
		timer = setTimeout(() => resolve(undefined), timeoutMs);
	});
	try {
		return await Promise.race([work, patience]);
	} finally {
		clearTimeout(timer);
	}
}
