import type { ProviderId } from '../../nodes/ZImage/providers/registry';
import type { CertificateFlaw } from './certificate';
import type { Damage, Encoding, GatewayBody, Harm } from './harm';
import type { Product, Stage, UploadStage } from './subject';
import { hostedSubjects, subjectsWithTasks } from './subject';

/** How often a fault occurs. */
export type Persistence = 'always' | 'once';

/** Something that goes wrong. */
export interface Fault {
	readonly id: string;
	/** The table's name for it. */
	readonly label: string;
	readonly stages: readonly Stage[];
	/** Default: all that have the stage. */
	readonly subjects?: readonly ProviderId[];
	/** Default: images and trainings. */
	readonly product?: Product;
	/** What the sandbox is asked for. */
	readonly token?: string;
	/** What a server in front of the provider does. */
	readonly harm?: Harm;
	/** The host uses https with a certificate of this kind. `http`: its URL is https, but it isn't. */
	readonly handshake?: CertificateFlaw | 'http';
	/** Default: both, if the fault affects a request. */
	readonly persistences?: readonly Persistence[];
}

/** The connection itself has the fault, which therefore affects all items. */
export function hitsAllItems({ token, harm }: Fault): boolean {
	return token === undefined && harm === undefined;
}

const calls: readonly Stage[] = ['initiate', 'submit', 'status', 'stream', 'result'];
const requests: readonly Stage[] = [...calls, 'upload', 'download'];

const statusCodes = [400, 401, 402, 403, 404, 408, 409, 422, 425, 429, 500, 502, 503, 504];

const answers: readonly Fault[] = [
	...statusCodes.map((code) => ({
		id: String(code),
		label: `HTTP ${code}`,
		stages: requests,
		token: String(code),
	})),
	{
		id: '429-retry-after',
		label: 'HTTP 429 with Retry-After',
		stages: requests,
		token: '429;retry-after=20',
	},
	{
		id: '503-retry-after-date',
		label: 'HTTP 503 with Retry-After as a date',
		stages: requests,
		token: '503;retry-after-date=1',
	},
];

const connections: readonly Fault[] = [
	{
		id: 'refused',
		label: 'connection refused',
		// What refuses a stream refuses the status requests as well.
		stages: requests.filter((stage) => stage !== 'stream'),
	},
	{ id: 'reset', label: 'reset before the answer', stages: requests, token: 'reset' },
	{ id: 'reset-mid', label: 'reset in the middle of it', stages: requests, token: 'reset-mid' },
	{ id: 'hang', label: 'no answer', stages: requests, token: 'hang' },
	{ id: 'drip', label: 'a byte every 50 ms', stages: requests, token: 'drip' },
	{
		id: 'late-drip',
		label: 'the same, after 4 s',
		stages: ['status', 'result'],
		token: 'late-drip',
		persistences: ['always'],
	},
	{
		id: 'switch',
		label: 'HTTP 101',
		stages: requests,
		token: 'switch',
		persistences: ['always'],
	},
];

const certificates: ReadonlyArray<readonly [CertificateFlaw | 'http', string]> = [
	['none', 'https'],
	['self-signed', 'https with a self-signed certificate'],
	['expired', 'https with an expired certificate'],
	['wrong-host', 'https with the certificate of another host'],
	['http', 'https to an http port'],
];

const handshakes: readonly Fault[] = certificates.map(([handshake, label]): Fault => ({
	id: `tls-${handshake}`,
	label,
	stages: ['initiate', 'upload', 'submit', 'download'],
	handshake,
	persistences: ['always'],
}));

const bodies: readonly Fault[] = [
	{ id: 'empty', label: 'empty body', stages: requests, token: 'empty' },
	{ id: 'html', label: 'HTML', stages: requests, token: 'html' },
	{ id: 'broken-json', label: 'broken JSON', stages: calls, token: 'broken-json' },
	{ id: 'other-json', label: 'JSON of another shape', stages: requests, token: 'other-json' },
	{
		id: 'no-images',
		label: 'finished, without images',
		stages: ['status'],
		subjects: ['novita', 'highway'],
		token: 'no-images',
	},
	{
		id: 'no-images',
		label: 'finished, without images',
		stages: ['result'],
		token: 'no-images',
	},
	{
		id: 'unknown-state',
		label: 'unknown state',
		stages: ['status', 'stream'],
		token: 'unknown-state',
	},
	{
		id: 'wrong-type',
		label: 'wrong Content-Type',
		stages: requests,
		token: 'wrong-type=text/html',
	},
	{ id: 'truncated', label: 'truncated image', stages: ['download'], token: 'truncated' },
	{
		id: 'oversized',
		label: 'image larger than 64 MiB',
		stages: ['download'],
		token: `oversized=${64 * 1024 * 1024 + 1}`,
	},
	{
		id: 'oversized-no-length',
		label: 'the same without Content-Length',
		stages: ['download'],
		token: `oversized=${64 * 1024 * 1024 + 1};no-length`,
	},
	{ id: 'text', label: 'text instead of an image', stages: ['download'], token: 'text' },
	{ id: 'no-length', label: 'no Content-Length', stages: ['download'], token: 'no-length' },
];

const streamFaults: ReadonlyArray<readonly [id: string, label: string]> = [
	['cut-short', 'end after the first event'],
	['silent', 'nothing after the first event'],
	['buffered', 'all events at the end'],
	['endless', 'open after the last event'],
	['early', 'the end too early'],
	['garbage', "an event that isn't JSON"],
];

const streams: readonly Fault[] = streamFaults.map(([id, label]): Fault => ({
	id,
	label,
	stages: ['stream'],
	token: id,
}));

const trust: readonly Fault[] = [
	{ id: 'redirect', label: 'redirect to another origin', stages: requests, token: 'redirect' },
	{ id: 'redirect-loop', label: 'redirect loop', stages: requests, token: 'redirect-loop' },
	{ id: 'echo-key', label: 'error that repeats the key', stages: calls, token: 'echo-key' },
	{
		id: 'echo-key-escaped',
		label: 'the same in JSON escapes',
		stages: calls,
		token: 'echo-key=escaped',
	},
];

/** Each status in one form, and the common ones in all forms. */
const gatewayAnswers: ReadonlyArray<readonly [number, readonly GatewayBody[]]> = [
	[408, ['empty']],
	[429, ['html', 'json']],
	[500, ['text', 'json']],
	[502, ['html', 'text', 'json', 'empty']],
	[503, ['html']],
	[504, ['json']],
	[520, ['html']],
	[522, ['text']],
	[524, ['html']],
];

/** A GET gets only the first form of each status. */
const mainForms: ReadonlySet<string> = new Set(
	gatewayAnswers.map(([status, [form]]) => `${status} ${form}`),
);

const bodyNames: Readonly<Record<GatewayBody, string>> = {
	empty: 'without a body',
	html: 'as HTML',
	json: 'as JSON',
	text: 'as text',
};

const gateways: readonly Fault[] = gatewayAnswers.flatMap(([status, forms]) =>
	forms.flatMap((body) =>
		// "Too many requests" replaces forwarding the request: a gateway never sends it afterwards. [RFC 6585,
		// 4]
		(status === 429 ? [false] : [false, true]).map((isPassedOn): Fault => ({
			id: `gateway-${status}-${body}${isPassedOn ? '-after' : ''}`,
			label: `a gateway's ${status} ${bodyNames[body]}${isPassedOn ? ', after the provider has it' : ''}`,
			// It doesn't matter what happens to a GET behind the gateway.
			stages: !isPassedOn && mainForms.has(`${status} ${body}`) ? requests : ['submit'],
			harm: { kind: 'gateway', status, body, isPassedOn },
		})),
	),
);

const encodings: ReadonlyArray<readonly [Encoding, Damage, string]> = [
	['gzip', 'none', 'gzip'],
	['deflate', 'none', 'deflate'],
	['br', 'none', 'br'],
	['zstd', 'none', 'zstd'],
	['gzip', 'cut', 'gzip that is cut off'],
	['deflate', 'cut', 'deflate that is cut off'],
	['br', 'cut', 'br that is cut off'],
	['zstd', 'cut', 'zstd that is cut off'],
	['gzip', 'garbage', 'garbage that is called gzip'],
	['br', 'label', 'plain text that is called br'],
];

const compressions: readonly Fault[] = encodings.map(([encoding, damage, label]): Fault => ({
	id: `${encoding}-${damage}`,
	label,
	stages: requests,
	harm: { kind: 'encoding', encoding, damage },
	...(damage === 'none' && { persistences: ['always'] }),
}));

const falFailures = [
	...['error', 'runner', '422', '500', '504', 'detail-200'],
	...['text-400', 'text-422', 'text-499', 'text-500'],
];

/** The reason in these faults' failed tasks, which the table and the check search for. */
export const failureReason = 'The GPU fell off';

const tasks: readonly Fault[] = [
	{
		id: 'failed',
		label: 'task failed',
		stages: ['task'],
		subjects: ['novita', 'highway', 'aimlapi', 'sdcpp', 'openaiCompatible'],
		token: `fail=${failureReason}`,
	},
	{
		id: 'failed',
		label: 'training failed',
		stages: ['task'],
		subjects: ['wavespeed'],
		product: 'lora',
		token: `fail=${failureReason}`,
	},
	{ id: 'bad-zip', label: 'broken zip', stages: ['task'], product: 'lora', token: 'bad-zip' },
	{
		id: 'few-images',
		label: 'too few images',
		stages: ['task'],
		product: 'lora',
		token: 'least-images=9',
	},
	...falFailures.map((way): Fault => ({
		id: `failed-${way}`,
		label: `task failed, as ${way}`,
		stages: ['task'],
		subjects: ['fal'],
		token: `fail=${failureReason}][sandbox:fail-as=${way}`,
	})),
	...[
		{
			id: 'moderated',
			label: 'refused by moderation',
			token: 'moderate',
			product: 'image' as const,
		},
		{ id: 'flagged', label: 'flagged as unsafe', token: 'nsfw', product: 'image' as const },
		{ id: 'no-money', label: 'no balance', token: 'no-money' },
	].map((fault): Fault => ({ ...fault, stages: ['task'], subjects: hostedSubjects })),
	{
		id: 'never',
		label: 'never finishes',
		stages: ['task'],
		subjects: subjectsWithTasks(false),
		token: 'never',
	},
	{
		// Far more than fit into the deadline. Get Task Result sees the end.
		id: 'never',
		label: 'not finished in time',
		stages: ['task'],
		subjects: subjectsWithTasks(true),
		token: 'polls=60',
	},
];

/** All faults, in the order of the table. */
export const faults: readonly Fault[] = [
	...answers,
	...gateways,
	...connections,
	...handshakes,
	...bodies,
	...streams,
	...compressions,
	...trust,
	...tasks,
];

/** Whether a stage is a part of an upload, whose requests have no prompt. */
export function isOfUpload(stage: Stage): stage is UploadStage {
	return stage === 'initiate' || stage === 'upload';
}

/** What a server in front of the provider has to do, or to have the provider do. */
export function harmOf({ harm, token }: Fault, stage: Stage): Harm | undefined {
	if (token === undefined || !isOfUpload(stage)) return harm;
	return { kind: 'provider', fault: token };
}

/** The text that a prompt needs to meet the fault. */
export function tokenOf({ token }: Fault, stage: Stage, persistence: Persistence): string {
	// Only a task that goes on for a while has a stream.
	const goesOn = stage === 'stream' ? '[sandbox:polls=3]' : '';
	if (token === undefined || isOfUpload(stage)) return goesOn;
	if (stage === 'task') return `[sandbox:${token}]`;
	return `${goesOn}[sandbox:${stage}=${token}${persistence === 'once' ? '*1' : ''}]`;
}
