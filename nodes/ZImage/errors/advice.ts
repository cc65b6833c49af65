import type { ErrorKind, ErrorPatterns } from '../providers/provider';

/** What the user can do about each kind of error. */
const advice: Readonly<Record<ErrorKind, string>> = {
	key: "Check the API key in the node's credential, then save it: n8n tests it at no cost.",
	balance:
		'Top up your account at the provider. Some providers also return this error when they get too many requests at once: if your balance is fine, lower Max Concurrency.',
	budget: 'Raise the limit in the options, or make fewer or smaller images.',
	canceled:
		'The task was stopped in n8n or at the provider. Run again if you still want the image.',
	permission:
		'Check your account at the provider: what this API key is allowed to use, and whether the account details are complete.',
	rateLimit:
		'The provider is rate-limiting your requests. Lower Max Concurrency in the options, or run again later.',
	moderation:
		'The provider rejected this prompt or its image. Change the prompt: sending the same one again leads to the same result, and some providers charge for it.',
	lora: 'The provider cannot use a LoRA. Check that it is made for Z-Image Turbo, and that its path is a public Hugging Face repository (owner/name), a direct link to a .safetensors file or, on your own server, the name of a file there.',
	input: 'Check the parameters in the message.',
	notFound:
		"Check the Base URL in the node's credential, and the task ID if there is one. Providers delete tasks after a while.",
	redirect:
		"The node doesn't follow redirects with an API key. Check the Base URL in the node's credential.",
	timeout: 'The provider ran out of time. Run again with a smaller image or fewer LoRAs.',
	unavailable: 'The provider has a problem. Run again later.',
	other: "Check the provider's message above. If it doesn't say what to change, run again later.",
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

/** The kind of an error, and what the user can do about it. */
export interface Advice {
	readonly kind: ErrorKind;
	readonly description: string;
}

export function adviceOn(kind: ErrorKind): Advice {
	return { kind, description: advice[kind] };
}

/**
 * What to do about an error.
 * @param text the provider's own message
 * @param statusCode undefined for a task that was accepted and failed
 */
export function adviceFor(patterns: ErrorPatterns, text: string, statusCode?: number): Advice {
	const kind = patterns.find(([pattern]) => pattern.test(text))?.[1];
	return adviceOn(kind ?? (statusCode === undefined ? 'other' : kindByStatus(statusCode)));
}
