import { runJob } from './childProcess';
import type { Job, Measured, Subject } from './engine/job';
import type { SandboxAddress } from './sandboxProcess';

/** Providers that our node is measured on, and their credential types. */
const credentialTypes = {
	fal: 'zImageFalApi',
	novita: 'zImageNovitaApi',
	comfyui: 'zImageComfyUiApi',
};
export type OurProvider = keyof typeof credentialTypes;

/** Our node, with everything at its default except the provider. */
export const ourNode =
	(packageFolder: string, provider: OurProvider = 'fal') =>
	({ urls, keys }: SandboxAddress): Subject => ({
		packageFolder,
		nodeName: 'zImageGenerate',
		parameters: { provider, prompt: '={{ $json.prompt }}' },
		credential: {
			type: credentialTypes[provider],
			data: {
				apiKey: keys[provider] ?? '',
				baseUrl: urls[provider] ?? '',
				// Of the user's own server.
				authentication: 'none',
			},
		},
	});

/** The same node for small images, from whose tasks it learns nothing about those of the usual size. */
export const forSmallImages = (subject: Subject): Subject =>
	subject.nodeName === 'zImageGenerate'
		? { ...subject, parameters: { ...subject.parameters, size: '512x512' } }
		: subject;

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
	const { isFailing } = job.subject;
	for (const { items, images, failures } of results) {
		if ((isFailing ? failures : images) !== items) {
			throw new Error(`Of ${items} items came ${images} images and ${failures} failures`);
		}
	}
	return results;
}

/** Measures a single run. */
export async function measureOnce({
	items,
	...job
}: Omit<Job, 'runs'> & { readonly items: number }): Promise<Measured> {
	return lastOf(await measure({ ...job, runs: [items] }));
}

/** The last of several runs. */
export function lastOf(runs: readonly Measured[]): Measured {
	const last = runs.at(-1);
	if (!last) throw new Error('Nothing was measured');
	return last;
}
