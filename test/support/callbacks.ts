import type { Sandbox } from '../../sandbox/emulator/server';

/** The providers that call webhooks. */
export type Caller = 'fal' | 'replicate' | 'wavespeed';

/** How a submit asks each provider to call a URL when the task is done. Sources: their pages on webhooks */
const submits: Readonly<Record<Caller, (prompt: string, url: string) => [string, object]>> = {
	fal: (prompt, url) => [
		`/fal-ai/z-image/turbo?fal_webhook=${encodeURIComponent(url)}`,
		{ prompt, image_size: 'square' },
	],
	wavespeed: (prompt, url) => [
		`/api/v3/wavespeed-ai/z-image/turbo?webhook=${encodeURIComponent(url)}`,
		{ prompt },
	],
	replicate: (prompt, url) => [
		'/v1/models/prunaai/z-image-turbo/predictions',
		{ input: { prompt }, webhook: url, webhook_events_filter: ['start', 'completed'] },
	],
};

/**
 * Submits a task to the sandbox with a callback URL.
 * @returns the task's ID
 */
export async function submitWithCallback(
	{ urls, keys }: Sandbox,
	provider: Caller,
	prompt: string,
	url: string,
): Promise<string> {
	const [path, body] = submits[provider](prompt, url);
	const answer = await fetch(`${urls[provider]}${path}`, {
		method: 'POST',
		headers: {
			authorization: `${provider === 'fal' ? 'Key' : 'Bearer'} ${keys[provider]}`,
			'content-type': 'application/json',
		},
		body: JSON.stringify(body),
	});
	const json = (await answer.json()) as {
		request_id?: string;
		id?: string;
		data?: { id?: string };
	};
	return json.request_id ?? json.data?.id ?? json.id ?? '';
}
