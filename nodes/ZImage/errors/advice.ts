import type { ErrorKind, ErrorPatterns } from '../providers/provider';

/** What a person can do about each kind of error. */
const advice: Readonly<Record<ErrorKind, string>> = {
	key: 'Check the API key in the credential of this node; its test is free.',
	balance:
		'Top up your account at the provider. Some providers also answer like this when too many requests come at once: if your balance is fine, lower Max Concurrency.',
	budget: 'Raise the limit in the options, or make fewer or smaller images.',
	canceled: 'It was stopped here or at the provider. Run again if you still want the image.',
	permission:
		"Check at the provider what your account and this API key may use, and that the account's details are complete.",
	rateLimit:
		'The provider takes no more requests at the moment. Lower Max Concurrency in the options, or run again later.',
	moderation:
		'The provider refuses this prompt, or what came out of it. Change the prompt; sending it again gives the same answer and may cost.',
	lora: 'The provider cannot use a LoRA. Check that its path is a public Hugging Face repository (owner/name) or the direct URL of a .safetensors file, or on your own server a file that it has, and that it is made for Z-Image Turbo.',
	input: 'Check the parameters that the message names.',
	notFound:
		'Check the Base URL in the credential of this node, and the task ID if there is one. Providers forget tasks after a while.',
	redirect:
		'Redirects are not followed with an API key. Check the Base URL in the credential of this node.',
	timeout:
		'The provider did not finish in its own time. Run again; a smaller image or fewer LoRAs help.',
	unavailable: 'The provider has a fault. Run again later.',
	other: "Look for the reason in the provider's own words above.",
};

const kindsByStatus: Readonly<Record<number, ErrorKind>> = {
	400: 'input',
	401: 'key',
	402: 'balance',
	403: 'permission',
	404: 'notFound',
	408: 'timeout',
	413: 'input',
	422: 'input',
	425: 'rateLimit',
	429: 'rateLimit',
	504: 'timeout',
};

function kindByStatus(statusCode: number): ErrorKind {
	const kind = kindsByStatus[statusCode];
	if (kind) return kind;
	if (statusCode >= 500) return 'unavailable';
	return statusCode >= 300 && statusCode < 400 ? 'redirect' : 'other';
}

/** What an error is about, and what a person can do about it. */
export interface Advice {
	readonly kind: ErrorKind;
	readonly description: string;
}

export function adviceOn(kind: ErrorKind): Advice {
	return { kind, description: advice[kind] };
}

/**
 * What to do about an error.
 * @param text in the provider's own words
 * @param statusCode left out for a task that was accepted and failed
 */
export function adviceFor(patterns: ErrorPatterns, text: string, statusCode?: number): Advice {
	const kind = patterns.find(([pattern]) => pattern.test(text))?.[1];
	return adviceOn(kind ?? (statusCode === undefined ? 'other' : kindByStatus(statusCode)));
}
