/**
 * The grammar of what a prompt can ask of the sandbox. The parser looks names up in `TOKENS` and `FAULTS`, and the table
 * in README.md is rendered from them.
 */
import { readWebhook, WEBHOOK_WAYS, type WebhookSteering } from './webhooks/steering';

export const STAGES = ['submit', 'status', 'stream', 'result', 'list', 'download'] as const;
export type Stage = (typeof STAGES)[number];

export const FAIL_WAYS = [
	{
		way: 'error',
		meaning: 'COMPLETED with `error`, result answers 500 with a plain `detail` and `error_type`',
	},
	{
		way: 'runner',
		meaning: 'COMPLETED with `error`, result answers 503 with a plain `detail` and `error_type`',
	},
	{
		way: '422',
		meaning: 'COMPLETED without `error`, result answers 422 with a `detail` list',
	},
	{
		way: '500',
		meaning: 'COMPLETED without `error`, result answers 500 with a `detail` list',
	},
	{
		way: '504',
		meaning: 'COMPLETED without `error`, result answers 504 `generation_timeout`',
	},
	...([400, 422, 499, 500] as const).map((status) => ({
		way: `text-${status}` as const,
		meaning: `COMPLETED without \`error\`, result answers ${status} with a \`detail\` that is a text, and no \`error_type\``,
	})),
	{
		way: 'detail-200',
		meaning: 'COMPLETED, result answers 200 with a body that is `{detail}`',
	},
	{
		way: 'out-of-memory',
		meaning: 'ComfyUI: an `execution_error` of `torch.OutOfMemoryError`',
	},
	{
		way: 'interrupted',
		meaning: 'ComfyUI: `execution_interrupted`, as when someone else stops what runs',
	},
] as const;
export type FailWay = (typeof FAIL_WAYS)[number]['way'];

/** For fal's `content_policy_violation`. [fal docs: model-apis/errors] */
const MODERATION_CATEGORIES = [
	'harassment',
	'hate',
	'illicit',
	'self-harm',
	'sexual',
	'violence',
	'model_moderated',
] as const;
export type ModerationCategory = (typeof MODERATION_CATEGORIES)[number];

const EVERY_STAGE: readonly Stage[] = STAGES;

/** Faults by name. A plain HTTP status code (`429`, `503`) is a fault, too, see `statusFault`. */
export const FAULTS = [
	{
		name: 'reset',
		stages: EVERY_STAGE,
		meaning: 'the connection is reset instead of an answer (a submit is accepted first)',
	},
	{ name: 'reset-mid', stages: EVERY_STAGE, meaning: 'reset in the middle of the body' },
	{ name: 'hang', stages: EVERY_STAGE, meaning: 'never answers' },
	{ name: 'drip', stages: EVERY_STAGE, meaning: 'sends one byte every 50 ms' },
	{
		name: 'late-drip',
		stages: ['status', 'result'],
		meaning: 'nothing for 4 seconds, then the same',
	},
	{ name: 'switch', stages: EVERY_STAGE, meaning: '101 Switching Protocols, and nothing more' },
	{ name: 'empty', stages: EVERY_STAGE, meaning: 'the status of a good answer, with no body' },
	{ name: 'html', stages: EVERY_STAGE, meaning: '200 with an HTML page' },
	{ name: 'broken-json', stages: EVERY_STAGE, meaning: 'JSON that stops half-way' },
	{ name: 'other-json', stages: EVERY_STAGE, meaning: 'valid JSON of another shape' },
	{
		name: 'unknown-state',
		stages: ['status', 'stream'],
		meaning: 'a state that no document names',
	},
	{
		name: 'no-images',
		stages: ['status', 'result'],
		meaning:
			"the task has succeeded, with an empty list of images (a `result` of fal's, elsewhere a `status`; Replicate's `output` is null, as is the LoRA of a training of fal's)",
	},
	{ name: 'redirect', stages: EVERY_STAGE, meaning: 'redirects to the files port' },
	{ name: 'redirect-loop', stages: EVERY_STAGE, meaning: 'redirects to itself' },
	{ name: 'cut-short', stages: ['stream'], meaning: 'ends after the first event' },
	{ name: 'silent', stages: ['stream'], meaning: 'goes silent after the first event' },
	{ name: 'buffered', stages: ['stream'], meaning: 'holds all events back until the task is done' },
	{ name: 'endless', stages: ['stream'], meaning: 'stays open after the last event' },
	{ name: 'early', stages: ['stream'], meaning: 'says at once that the task is done' },
	{ name: 'garbage', stages: ['stream'], meaning: "an event that isn't JSON" },
	{ name: 'truncated', stages: ['download'], meaning: 'the first half of the file, as if whole' },
	{ name: 'text', stages: ['download'], meaning: 'a text file instead of the image' },
	{
		name: 'wrong-type',
		stages: EVERY_STAGE,
		meaning: 'right bytes, wrong Content-Type; `wrong-type=text/plain` chooses it',
	},
	{ name: 'no-length', stages: ['download'], meaning: 'right bytes without Content-Length' },
	{
		name: 'echo-key',
		stages: ['submit', 'status', 'stream', 'result'],
		meaning:
			'refused with 400, and the words of the error repeat the key; `echo-key=escaped` writes it in JSON escapes',
	},
	{
		name: 'oversized',
		stages: ['download'],
		meaning: '`oversized=BYTES`: the image, then zeros up to that length',
	},
] as const satisfies ReadonlyArray<{ name: string; stages: readonly Stage[]; meaning: string }>;
export type FaultName = (typeof FAULTS)[number]['name'];

export interface Fault {
	readonly name: FaultName | 'status-code';
	readonly status?: number;
	readonly value?: string;
	/** How many requests of the stage it affects. */
	readonly times: number;
	readonly retryAfter?: { readonly seconds: number; readonly asDate: boolean };
	readonly withoutLength?: boolean;
	/** A submit's error although the task is accepted. */
	readonly isAccepted?: boolean;
}

export interface Steering {
	seconds?: number;
	polls?: number;
	never: boolean;
	fail?: { reason: string };
	failAs: FailWay;
	/** With the moderation's categories. */
	moderate?: { readonly categories: readonly ModerationCategory[] };
	isUncancelable: boolean;
	isForgotten: boolean;
	/** Whether a failed task is charged. */
	isCharged: boolean;
	isBadArchive: boolean;
	/** With fewer images in its zip, a training fails. */
	leastImages?: number;
	isCachedWithoutOutputs: boolean;
	nsfw: boolean;
	noMoney: boolean;
	inline: boolean;
	webhook?: WebhookSteering;
	faults: Record<Stage, Fault[]>;
	/** Tokens that weren't understood. The sandbox refuses such a request, so that a typo shows. */
	problems: string[];
}

interface Token {
	readonly name: string;
	readonly examples: readonly string[];
	readonly meaning: string;
	readonly read: (value: string, steering: Steering) => void;
}

const stageToken = (stage: Stage, examples: readonly string[], meaning: string): Token => ({
	name: stage,
	examples,
	meaning,
	read: (value, steering) => void steering.faults[stage].push(readFault(stage, value)),
});

export const TOKENS: readonly Token[] = [
	{
		name: 'seconds',
		examples: ['seconds=3', 'seconds=0.2'],
		meaning: 'The task takes that long: a third of it queued, the rest in progress.',
		read: (value, steering) => void (steering.seconds = readNumber(value)),
	},
	{
		name: 'polls',
		examples: ['polls=3'],
		meaning:
			"The first N status requests answer pending (the first queued, the others in progress), the next one done, whatever the time. Synchronous calls ignore it; a submit that only waits (WaveSpeed's `enable_sync_mode`, Replicate's `Prefer: wait`) is over its time at once.",
		read: (value, steering) => void (steering.polls = readNumber(value)),
	},
	{
		name: 'never',
		examples: ['never'],
		meaning: 'The task never finishes; a synchronous call never answers.',
		read: (_value, steering) => void (steering.never = true),
	},
	{
		name: 'fail',
		examples: ['fail', 'fail=The GPU fell off'],
		meaning:
			"The accepted task fails in the provider's own way (fal's is `fail-as=500`), with that reason.",
		read: (value, steering) =>
			void (steering.fail = { reason: value === '' ? 'The sandbox was asked to fail.' : value }),
	},
	{
		name: 'fail-as',
		examples: FAIL_WAYS.map(({ way }) => `fail-as=${way}`),
		meaning:
			"Fails in a chosen one of fal's ways, or of ComfyUI's; on other providers the same as `fail`.",
		read: (value, steering) => {
			const known = FAIL_WAYS.find(({ way }) => way === value);
			if (known === undefined) throw new Error(`fail-as=${value}`);
			steering.failAs = known.way;
			steering.fail ??= { reason: 'The sandbox was asked to fail.' };
		},
	},
	{
		name: 'moderate',
		examples: ['moderate', 'moderate=sexual,violence'],
		meaning:
			'Refused by moderation: fal a result of 422 `content_policy_violation` (with those `categories`), Novita and Highway 400 `ILLEGAL_PROMPT`, AI/ML API 400, the gateway of `openaiCompatible` 400 `moderation_blocked`; on WaveSpeed the task fails with 1200, on Replicate with E005. Your own servers have no moderation.',
		read: (value, steering) => void (steering.moderate = { categories: readCategories(value) }),
	},
	{
		name: 'charged',
		examples: ['charged'],
		meaning:
			'A task that fails is charged anyway: its result on fal has `x-fal-billable-units`, as that of a good one. Other providers have no sign of it.',
		read: (_value, steering) => void (steering.isCharged = true),
	},
	{
		name: 'bad-zip',
		examples: ['bad-zip'],
		meaning: 'The zip of a training counts as broken, whatever is in it, and the training fails.',
		read: (_value, steering) => void (steering.isBadArchive = true),
	},
	{
		name: 'least-images',
		examples: ['least-images=10'],
		meaning: 'A training with fewer images in its zip fails.',
		read: (value, steering) => void (steering.leastImages = readNumber(value)),
	},
	{
		name: 'uncancelable',
		examples: ['uncancelable'],
		meaning:
			"The model doesn't heed a cancellation: a cancel of the running task is answered as always, and the task finishes anyway.",
		read: (_value, steering) => void (steering.isUncancelable = true),
	},
	{
		name: 'restart',
		examples: ['restart'],
		meaning:
			'ComfyUI restarts when the task should be done: its queue and its history are forgotten, its files stay.',
		read: (_value, steering) => void (steering.isForgotten = true),
	},
	{
		name: 'cached-empty',
		examples: ['cached-empty'],
		meaning:
			'A graph that ComfyUI has computed before succeeds without any outputs, as on some older servers, instead of naming the earlier files.',
		read: (_value, steering) => void (steering.isCachedWithoutOutputs = true),
	},
	{
		name: 'nsfw',
		examples: ['nsfw'],
		meaning:
			'An image is returned but flagged: fal `has_nsfw_concepts` and a black image (unless the safety checker is off), Novita and Highway `nsfw_detection_result`, AI/ML API a black image, WaveSpeed `has_nsfw_contents`. Replicate has no flag: the task fails as by `moderate`.',
		read: (_value, steering) => void (steering.nsfw = true),
	},
	{
		name: 'no-money',
		examples: ['no-money'],
		meaning:
			"Refused at submit for an empty balance, in the provider's own words. Your own servers ask for no money.",
		read: (_value, steering) => void (steering.noMoney = true),
	},
	{
		name: 'inline',
		examples: ['inline'],
		meaning:
			'AI/ML API answers with the image itself, as `b64_json`, WaveSpeed as base64 in `outputs`; other providers ignore it.',
		read: (_value, steering) => void (steering.inline = true),
	},
	{
		name: 'webhook',
		examples: WEBHOOK_WAYS.map(({ way }) => `webhook=${way}`),
		meaning: `The call to the webhook of the task: ${WEBHOOK_WAYS.map(({ way, meaning }) => `\`${way}\` ${meaning}`).join('; ')}.`,
		read: (value, steering) => void (steering.webhook = readWebhook(value)),
	},
	stageToken(
		'submit',
		[
			'submit=429',
			'submit=503*2',
			'submit=429;retry-after=2*1',
			'submit=502;accepted',
			'submit=reset',
		],
		'A fault of the submit. A status code or `echo-key` means that no task was accepted, unless `;accepted` stands behind it; every other fault comes after the task was accepted. Counted by prompt.',
	),
	stageToken(
		'status',
		['status=500*1', 'status=unknown-state', 'status=429;retry-after-date'],
		"A fault of the status request, and of fal's status stream unless it has its own. Counted by task.",
	),
	stageToken(
		'stream',
		['stream=500', 'stream=silent', 'stream=buffered'],
		"A fault of fal's status stream. Counted by task.",
	),
	stageToken(
		'result',
		['result=502*1', 'result=broken-json'],
		"A fault of fal's result request. Counted by task.",
	),
	stageToken(
		'list',
		['list=503*1', 'list=html'],
		'A fault of a list that has the task on one of its pages (fal, WaveSpeed, Replicate). Counted by provider.',
	),
	stageToken(
		'download',
		[
			'download=404',
			'download=truncated',
			'download=wrong-type=text/plain',
			'download=oversized=5000000',
		],
		'A fault of the download. Counted by task, not by file.',
	),
];

function readCategories(value: string): ModerationCategory[] {
	if (value === '') return [];
	return value.split(',').map((name) => {
		const known = MODERATION_CATEGORIES.find((category) => category === name.trim());
		if (known === undefined) throw new Error(value);
		return known;
	});
}

function readNumber(value: string): number {
	const number = Number(value);
	if (value.trim() === '' || !Number.isFinite(number) || number < 0) throw new Error(value);
	return number;
}

/** `FAULT[=VALUE][;retry-after=S|;retry-after-date[=S]|;no-length|;accepted][*N]` */
export function readFault(stage: Stage, text: string): Fault {
	const [, body = '', count] = /^(.*?)(?:\*(\d+))?$/s.exec(text) ?? [];
	const [head = '', ...parameters] = body.split(';');
	const [name = '', ...rest] = head.split('=');
	const value = rest.join('=');
	const times = count === undefined ? Infinity : Number(count);
	const extra: { -readonly [Key in keyof Fault]?: Fault[Key] } = {};
	for (const parameter of parameters) {
		const [key, parameterValue = '2'] = parameter.trim().split('=');
		if (key === 'retry-after' || key === 'retry-after-date') {
			extra.retryAfter = {
				seconds: readNumber(parameterValue),
				asDate: key === 'retry-after-date',
			};
		} else if (key === 'accepted' && stage === 'submit') {
			extra.isAccepted = true;
		} else if (key === 'no-length') {
			extra.withoutLength = true;
		} else {
			throw new Error(parameter);
		}
	}
	if (/^[2-5]\d\d$/.test(name))
		return { name: 'status-code', status: Number(name), times, ...extra };
	const known = FAULTS.find((fault) => fault.name === name);
	if (known === undefined || !(known.stages as readonly Stage[]).includes(stage))
		throw new Error(text);
	if (known.name === 'oversized') readNumber(value);
	return { name: known.name, times, ...extra, ...(value === '' ? {} : { value }) };
}
