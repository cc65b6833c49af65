import { runJob } from './childProcess';
import type { Downloads } from './engine/plainDownloads';
import type { Sample } from './row';
import { type SandboxAddress, withSandbox } from './sandboxProcess';
import { CAPACITY, FIFTY, INSTANT, LATENCY_MS, TIMED } from './scenarios';
import { quantile } from './statistics';

/** The link to a new image of fal's. */
async function createLink({ urls, keys }: SandboxAddress): Promise<string> {
	const call = async (path: string, body?: object): Promise<unknown> => {
		const answer = await fetch(`${urls['fal']}${path}`, {
			...(body && { method: 'POST', body: JSON.stringify(body) }),
			headers: { authorization: `Key ${keys['fal']}`, 'content-type': 'application/json' },
		});
		return await answer.json();
	};
	const task = await call('/fal-ai/z-image/turbo', { prompt: INSTANT });
	const { request_id: id } = task as { request_id: string };
	const result = await call(`/fal-ai/z-image/requests/${id}`);
	const [image] = (result as { images: Array<{ url: string }> }).images;
	return image?.url ?? '';
}

/**
 * As many downloads as the fifty items have, as many at once, by Node.js alone in a new process: without n8n, without a node,
 * and without the requests that lead to a download.
 */
export async function plainNode(): Promise<Sample[]> {
	return await withSandbox(TIMED, async (sandbox) => {
		const job: Downloads = {
			urls: await Promise.all(
				Array.from({ length: CAPACITY }, async () => await createLink(sandbox)),
			),
			rounds: FIFTY.items / CAPACITY,
		};
		const rounds = await runJob<number[][]>(require.resolve('./engine/plainDownloads'), job);
		const row = (name: string, share: number, limit: number): Sample => ({
			name: `plain-node-downloads-${name}`,
			unit: 'ms',
			value: quantile(rounds.flat(), share),
			limit,
		});
		return [row('median', 0.5, LATENCY_MS.median), row('p95', 0.95, LATENCY_MS.p95)];
	});
}
