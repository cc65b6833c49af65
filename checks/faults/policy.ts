import type { Fault, Persistence } from './fault';
import type { Harm } from './harm';
import { failureReason, isOfUpload } from './fault';
import type { ProviderId } from '../../nodes/ZImage/providers/registry';
import type { Stage, Subject, UploadStage } from './subject';

/**
 * The expected outcome of a fault:
 * - `images`: the images arrive
 * - `task`: an error with the accepted task, for Get Task Result
 * - `failed`: the same, but the provider has ended the task
 * - `either`: images or the task
 * - `refused`: an error; nothing was accepted
 * - `ambiguous`: an error that says that the provider may have accepted the task
 * - `unclear`: images or any of these errors, because the response can be read in several ways
 */
export type Outcome = 'ambiguous' | 'either' | 'failed' | 'images' | 'refused' | 'task' | 'unclear';

/** How an error says that a task may have been accepted and charged. */
export const doubtWords =
	/\bmay (already |still )?(have (already )?(been )?(accept|take|charge|paid|start)|be (charged|running)|charge)/i;

/** What issue 4 promises for one fault. */
export interface Policy {
	readonly outcome: Outcome;
	/** How often the submit is sent. Undefined: as often as the deadline allows. */
	readonly submits: number | undefined;
	/** What the error's description must mention. */
	readonly says: RegExp;
	/** The item's timeout in seconds: short if the fault uses all of it, in real time. */
	readonly timeoutSeconds: number;
}

/** How an error says that a request hasn't left n8n. */
export const notSentWords =
	/\b(not|never) (be )?(sent|reached)|n['’]t (be )?(sent|reach|connect)|(cannot|could not|can not) (be reached|connect|reach)|nothing was sent|before (it|the request|anything) was sent/i;

/** An action that a person can take. */
const anyAction =
	/\b(Check|Look|Run|run|Change|Top up|Lower|Raise|raise|Set|Get Task Result|Image URL|Open|Try|Choose|Retry|Press|Wait|Use|Execute|Fetch)\b/;
const later = /\b(again|later)\b/;

const advice: Readonly<Record<string, RegExp>> = {
	401: /API key/,
	402: /balance|credit|[Tt]op up/,
	403: /API key|balance|account/,
	408: later,
	425: later,
	429: /Max Concurrency|later/,
	'429-retry-after': /Max Concurrency|later/,
	500: later,
	502: later,
	503: later,
	'503-retry-after-date': later,
	504: later,
	moderated: /prompt/,
	'no-money': /balance|credit|[Tt]op up/,
	redirect: /Base URL/,
	'redirect-loop': /Base URL/,
	never: /Get Task Result|may have accepted/,
};

/**
 * Whether a later attempt may submit again after a status in the provider's own words, as the sandbox sends it.
 * @param id the status, or another of the sandbox's words for a submit
 */
export function provesNothingAccepted(id: string, { id: subject }: Subject): boolean {
	return id.startsWith('429') || refusals[subject].has(id) || unclear[subject].has(id);
}

/** GETs are repeated after these, because they cost nothing. */
const overcomeByReading: ReadonlySet<string> = new Set([
	...['408', '425', '429', '429-retry-after', '500', '502', '503', '503-retry-after-date', '504'],
	...['refused', 'reset', 'reset-mid', 'hang', 'drip', 'late-drip', 'switch', 'truncated'],
]);

/** The response to a submit was lost, or doesn't say what happened to it. */
const ambiguousSubmits: ReadonlySet<string> = new Set([
	...['reset', 'reset-mid', 'hang', 'switch', 'empty', 'html', 'broken-json', 'other-json'],
]);

/**
 * Statuses of a submit whose body in the sandbox is the provider's own documented statement that it accepted
 * nothing.
 */
const refusals: Readonly<Record<ProviderId, ReadonlySet<string>>> = {
	// [fal docs: model-apis/errors, request-errors; issues of fal-ai/fal for 403]
	fal: new Set(['400', '401', '403', '404', '422', 'echo-key', 'echo-key-escaped']),
	// [Novita docs: basic-error-code]
	novita: new Set(['400', '401', '403', '404', 'echo-key', 'echo-key-escaped']),
	// [JieKou's list of errors]
	highway: new Set(['400', '401', '403', '404', 'echo-key', 'echo-key-escaped']),
	// [AI/ML API docs: errors-with-status-code-4xx]
	aimlapi: new Set(['400', '401', '403', '404', 'echo-key', 'echo-key-escaped']),
	// [WaveSpeed docs: troubleshooting-guide; mcp-server: api.ts]
	wavespeed: new Set(['400', '401', '402', '403', '404', 'echo-key', 'echo-key-escaped']),
	// [Replicate docs: reference/http; issues for 402, 404 and 422]
	replicate: new Set(['400', '401', '402', '403', '404', '422', 'echo-key', 'echo-key-escaped']),
	// [ComfyUI: server.py, execution.py; the others are those of a proxy]
	comfyui: new Set(['400', '401', '402', '403', '404', 'echo-key', 'echo-key-escaped']),
	// [sd.cpp examples/server: api.md, Submission Errors; the others are those of a proxy]
	sdcpp: new Set(['400', '401', '403', '404', '500', 'echo-key', 'echo-key-escaped']),
	// [vllm-omni docs: image_generation_api, Error Responses]
	openaiCompatible: new Set([
		...['400', '401', '403', '404', '503', '503-retry-after-date'],
		...['echo-key', 'echo-key-escaped'],
	]),
};

/**
 * Statuses of a submit that can be read as a refusal or not: the provider's own documented faults, which it
 * doesn't charge for (fal: "5xx never charged"; AI/ML API: "failed requests are never charged"; Highway:
 * SERVICE_NOT_AVAILABLE; Novita: names like CREATE_TASK_FAILED at 500), client errors that a provider doesn't
 * document, and redirects that aren't followed. Such a submit is sent once in an attempt, but may be sent in
 * the next one.
 */
const unclear: Readonly<Record<ProviderId, ReadonlySet<string>>> = {
	fal: new Set(['402', '409', '425', '500', '502', '503', '503-retry-after-date', '504']),
	novita: new Set(['402', '409', '422', '425', '500']),
	highway: new Set(['402', '409', '422', '425', '503', '503-retry-after-date']),
	aimlapi: new Set([
		'402',
		'409',
		'422',
		'425',
		'500',
		'502',
		'503',
		'503-retry-after-date',
		'504',
	]),
	wavespeed: new Set(['409', '422', '425']),
	replicate: new Set(['409', '425']),
	comfyui: new Set(['409', '422', '425']),
	sdcpp: new Set(['402', '409', '422', '425']),
	openaiCompatible: new Set(['402', '409', '425']),
};

/** The response isn't as documented, but it isn't ambiguous either. */
const harmless: ReadonlySet<string> = new Set(['wrong-type', 'no-length']);

/** Nonsensical responses: the nodes may decide whether to repeat the GET, because it costs nothing. */
const senseless: ReadonlySet<string> = new Set([
	...['empty', 'html', 'broken-json', 'other-json', 'text', 'oversized', 'oversized-no-length'],
	'unknown-state',
]);

/** Without a body, an answer is whole at once, however it goes on: the one to an upload has none. */
const ofBody: ReadonlySet<string> = new Set(['reset-mid', 'drip']);

/** Whether a fault that strikes once is overcome by sending the request again. */
export function isSentAgain({ id, harm }: Fault, stage: Stage): boolean {
	if (stage === 'upload' && ofBody.has(id)) return false;
	// However slowly it comes, a short answer may come in time.
	if (harmless.has(id) || id === 'drip') return false;
	if (harm?.kind === 'gateway') return stage !== 'submit';
	return stage === 'submit' ? id === 'refused' || id.startsWith('429') : overcomeByReading.has(id);
}

function harmedSubmit(harm: Harm): [Outcome, number | undefined] {
	if (harm.kind === 'encoding' && harm.damage === 'none') {
		// The nodes haven't said that they accept zstd.
		return [harm.encoding === 'zstd' ? 'unclear' : 'images', 1];
	}
	if (harm.kind === 'gateway' && harm.status === 429) {
		return ['unclear', undefined];
	}
	return ['ambiguous', 1];
}

/**
 * At a byte every 50 ms, a response of 100 bytes takes the 5 seconds that it may take past the deadline, and
 * one of 600 bytes the 30 seconds of a synchronous provider. fal's and sd-server's are longer, Novita's and
 * Highway's are shorter, so that the task is known. An image in base64 is far longer.
 */
const drippingSubmit: Readonly<Record<ProviderId, Outcome>> = {
	fal: 'ambiguous',
	novita: 'task',
	highway: 'task',
	aimlapi: 'images',
	wavespeed: 'ambiguous',
	replicate: 'ambiguous',
	comfyui: 'task',
	sdcpp: 'ambiguous',
	openaiCompatible: 'ambiguous',
};

function submitPolicy(
	{ id, harm }: Fault,
	persistence: Persistence,
	{ id: subject }: Subject,
): [Outcome, number | undefined] {
	if (harm) return harmedSubmit(harm);
	if (id === 'tls-none') return ['images', 1];
	if (id.startsWith('tls-')) return ['refused', 0];
	if (harmless.has(id)) return ['images', 1];
	if (ambiguousSubmits.has(id)) return ['ambiguous', 1];
	if (id === 'drip') return [drippingSubmit[subject], 1];
	if (id === 'refused') return persistence === 'once' ? ['images', 1] : ['refused', 0];
	if (id.startsWith('429')) return persistence === 'once' ? ['images', 2] : ['refused', undefined];
	if (refusals[subject].has(id)) return ['refused', 1];
	if (unclear[subject].has(id) || id.startsWith('redirect')) return ['unclear', 1];
	return ['ambiguous', 1];
}

/** An upload costs nothing: it is sent again like a GET, and nothing is submitted without it. */
function uploadPolicy(
	{ id, harm }: Fault,
	stage: UploadStage,
	persistence: Persistence,
): [Outcome, number] {
	const isDamaged = harm?.kind === 'encoding' && harm.damage !== 'none';
	if (stage === 'upload' && isDamaged) return ['unclear', 1];
	if (harm) {
		const outcome = harmedRead(harm, persistence);
		if (outcome === 'images') return ['images', 1];
		return outcome === 'task' ? ['refused', 0] : ['unclear', 1];
	}
	if (id === 'tls-none' || harmless.has(id)) return ['images', 1];
	if (stage === 'upload' && (senseless.has(id) || ofBody.has(id))) return ['images', 1];
	if (persistence === 'always') return ['refused', 0];
	if (overcomeByReading.has(id)) return ['images', 1];
	return senseless.has(id) ? ['unclear', 1] : ['refused', 0];
}

function harmedRead(harm: Harm, persistence: Persistence): Outcome {
	if (harm.kind === 'gateway') return persistence === 'once' ? 'images' : 'task';
	if (harm.kind === 'encoding' && harm.damage === 'none') {
		return harm.encoding === 'zstd' ? 'either' : 'images';
	}
	return persistence === 'once' ? 'either' : 'task';
}

function readOutcome(
	{ id, harm }: Fault,
	stage: Stage,
	persistence: Persistence,
	subject: Subject,
): Outcome {
	// It only tells when to ask.
	if (stage === 'stream') return 'images';
	if (harm) return harmedRead(harm, persistence);
	if (id === 'tls-none') return 'images';
	if (harmless.has(id)) return 'images';
	// A download without a key may follow a redirect.
	if (stage === 'download' && !subject.hasOwnFiles) {
		if (id === 'redirect') return 'images';
		if (id === 'redirect-loop' && persistence === 'once') return 'images';
	}
	// What is behind the end of a LoRA does no harm, and it may be large.
	if (id.startsWith('oversized') && subject.product === 'lora') return 'images';
	// The model's own words: its result is that the request was not valid.
	if (stage === 'result' && id === '422') return 'failed';
	if (isLost(id, stage, subject)) return 'failed';
	if (persistence === 'always') return 'task';
	// It has succeeded, so the images arrive. A task that isn't known yet may become known.
	if (id === 'no-images' || (id === '404' && stage === 'status')) return 'images';
	if (overcomeByReading.has(id)) return 'images';
	return senseless.has(id) ? 'either' : 'task';
}

/** Providers that accept a prompt before their moderation has checked it. */
const moderatesTasks: ReadonlySet<ProviderId> = new Set(['fal', 'wavespeed', 'replicate']);

/**
 * Whether a server reports with a status that it no longer has the task. [sd.cpp routes_sdcpp.cpp: GET
 * /sdcpp/v1/jobs/{id}]
 */
export function isLost(id: string, stage: string, { id: subject }: Subject): boolean {
	return subject === 'sdcpp' && stage === 'status' && (id === '404' || id === '410');
}

function taskPolicy(id: string, { id: subject, hasTasks }: Subject): Outcome {
	// Replicate has no flag: an inappropriate image is a failure. [issues]
	if (id === 'flagged') return subject === 'replicate' ? 'failed' : 'images';
	if (id === 'no-money') return 'refused';
	if (id === 'moderated') return moderatesTasks.has(subject) ? 'failed' : 'refused';
	if (id === 'never') return hasTasks ? 'task' : 'ambiguous';
	// An error from executing a request doesn't say that nothing was accepted.
	if (subject === 'openaiCompatible') return 'ambiguous';
	return hasTasks ? 'failed' : 'refused';
}

function timeoutOf(
	{ id, harm }: Fault,
	stage: Stage,
	persistence: Persistence,
	{ product }: Subject,
): number {
	if (harm?.kind === 'gateway' && harm.status === 429) return 30;
	if (id === 'never') return stage === 'task' ? 4 : 20;
	// Twice that would be noticed.
	if (id === 'late-drip') return 6;
	if (stage === 'stream') return 120;
	if (id === 'hang' || id === 'drip' || id === 'switch') {
		// Before it, a training has uploaded its zip.
		if (stage === 'submit') return product === 'lora' ? 6 : 1.5;
		return persistence === 'always' ? 3 : 300;
	}
	// With the requested pause, enough time is left for a synchronous provider's response.
	return persistence === 'always' && id.startsWith('429') ? 70 : 120;
}

/**
 * The expected outcome of a fault, based on the promise to the user and the providers' documentation, not on
 * the nodes: a submit is repeated only if it can't have been accepted, and a GET after 408, 425, 429, 5xx and
 * network errors. Once a task is accepted, every outcome contains it. Every error says what to do.
 */
export function policyFor(
	fault: Fault,
	stage: Stage,
	persistence: Persistence,
	subject: Subject,
): Policy {
	const { id, harm } = fault;
	const [outcome, submits] = isOfUpload(stage)
		? uploadPolicy(fault, stage, persistence)
		: stage === 'submit'
			? submitPolicy(fault, persistence, subject)
			: ([
					stage === 'task'
						? taskPolicy(id, subject)
						: readOutcome(fault, stage, persistence, subject),
					1,
				] as const);
	// What to do about a submit in doubt, or about a file, has nothing to do with the status.
	const isFile = stage === 'download' || stage === 'upload';
	const isSpecial = isFile || outcome === 'ambiguous' || outcome === 'unclear';
	return {
		outcome,
		submits,
		says: (isSpecial || harm ? undefined : advice[id]) ?? anyAction,
		timeoutSeconds: timeoutOf(fault, stage, persistence, subject),
	};
}

/** What the error's message must contain besides the provider. */
export function wordsOf({ id }: Fault): RegExp | undefined {
	if (id.startsWith('failed')) return new RegExp(failureReason);
	return id === 'unknown-state' ? /unknown task status/ : undefined;
}
