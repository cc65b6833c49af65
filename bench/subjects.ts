import { runJob } from './childProcess';
import type { Job, Measured, Subject } from './engine/job';
import type { SandboxAddress } from './sandboxProcess';

/** Our node on fal, with everything else at its default. */
export const ourNode =
	(packageFolder: string) =>
	({ urls, keys }: SandboxAddress): Subject => ({
		packageFolder,
		nodeName: 'zImageGenerate',
		parameters: { provider: 'fal', prompt: '={{ $json.prompt }}' },
		credential: {
			type: 'zImageFalApi',
			data: { apiKey: keys['fal'] ?? '', baseUrl: urls['fal'] ?? '' },
		},
	});

/** The same requests without a node around them. */
export const bareLoopNode =
	(packageFolder: string) =>
	(sandbox: SandboxAddress): Subject => ({
		...ourNode(packageFolder)(sandbox),
		nodeName: 'bareLoop',
		parameters: {},
	});

/** The same requests, but waiting with fal's status stream. */
export const streamLoopNode =
	(packageFolder: string) =>
	(sandbox: SandboxAddress): Subject => ({
		...bareLoopNode(packageFolder)(sandbox),
		nodeName: 'streamLoop',
	});

/** Measures a node in its own process. */
export async function measure(job: Job): Promise<Measured[]> {
	const results = await runJob<Measured[]>(require.resolve('./engine/measure'), job);
	for (const { items, images } of results) {
		if (items !== images) throw new Error(`Of ${items} items ${images} came out`);
	}
	return results;
}

/** Measures a single run. */
export async function measureOnce({
	items,
	...job
}: Omit<Job, 'runs'> & { readonly items: number }): Promise<Measured> {
	const [result] = await measure({ ...job, runs: [items] });
	if (!result) throw new Error('Nothing was measured');
	return result;
}
