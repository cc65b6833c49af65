/** What a prompt can ask of its task's webhook call. */
export const WEBHOOK_WAYS = [
	{ way: 'twice', meaning: 'comes twice' },
	{ way: 'late', meaning: 'comes 3 seconds late (`late=10`: 10)' },
	{ way: 'forged', meaning: 'comes after one that someone else has signed, with a false payload' },
	{ way: 'stale', meaning: 'is signed well, but 10 minutes old' },
	{
		way: 'out-of-order',
		meaning:
			'comes before the answer to the submit, or, with several events, the last of them first',
	},
	{
		way: 'no-payload',
		meaning:
			'says only that the result could not be sent (fal: `payload_error`; Replicate: `data_removed`; WaveSpeed has no such call and ignores it)',
	},
	{ way: 'lost', meaning: 'never comes' },
] as const;
export type WebhookWay = (typeof WEBHOOK_WAYS)[number]['way'];

export interface WebhookSteering {
	readonly way: WebhookWay;
	/** For `late`. */
	readonly seconds: number;
}

/**
 * Reads `WAY` or `late=SECONDS`.
 * @throws {Error} for an unknown one
 */
export function readWebhook(text: string): WebhookSteering {
	const [way = '', value] = text.split('=');
	const known = WEBHOOK_WAYS.find((candidate) => candidate.way === way);
	const seconds = Number(value ?? 3);
	if (known === undefined || (value !== undefined && way !== 'late') || !(seconds >= 0)) {
		throw new Error(text);
	}
	return { way: known.way, seconds };
}
