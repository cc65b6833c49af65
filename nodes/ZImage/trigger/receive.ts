import type { IHookFunctions, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { Failure } from '../errors/failure';
import { toNodeError } from '../errors/nodeError';
import type { Reply } from '../host';
import { outsideExecution } from '../host';
import type { Client } from '../http/client';
import { createClient } from '../http/client';
import type { Clock } from '../http/clock';
import { systemClock } from '../http/clock';
import type { ProviderWebhook, Report, WebhookDelivery } from '../providers/provider';
import { toProvider } from '../run/parameters';
import { isOwnTask } from '../tasks/kinds';
import { canBeTaskId, readTask } from '../tasks/taskItem';
import { toName } from '../values';
import { isFirstReport } from './reportedTasks';
import { askForKeys, isSigned } from './signingKeys';

/** Longer than any report of images by their URLs. */
const maxBodyBytes = 1024 * 1024;

/** How far the time of a signature may be from now. fal and WaveSpeed document it; Replicate leaves it to the receiver. */
const toleranceMs = 5 * 60_000;

/** How long the provider may take to say whether it has the task for this account. */
const lookUpSeconds = 6;

/** A delivery that starts nothing. Whoever sent it is told no more than the status; the reason goes to n8n's log. */
class Refusal extends Error {
	constructor(
		readonly statusCode: number,
		why: string,
	) {
		super(why);
	}
}

/** A provider that calls back, and the node's credential for it. */
interface Caller {
	readonly client: Client;
	readonly webhook: ProviderWebhook;
	readonly credentialId: string;
}

async function callerOf(
	context: IHookFunctions | IWebhookFunctions,
	clock: Clock,
): Promise<Caller> {
	const provider = toProvider(context.getNodeParameter('provider'));
	const { displayName, webhook, credentialType } = provider;
	if (!webhook) throw new Failure(`${displayName} doesn't report tasks with a signature`);
	const host = outsideExecution(context);
	const client = await createClient(host, provider, clock);
	const { id, credentials } = context.getNode();
	return { client, webhook, credentialId: credentials?.[credentialType]?.id ?? id };
}

/** @throws Refusal for a body that is too long, or was not kept as it came */
function readDelivery(context: IWebhookFunctions): WebhookDelivery {
	const { rawBody } = context.getRequestObject() as { readonly rawBody?: unknown };
	if (!Buffer.isBuffer(rawBody)) throw new Refusal(401, 'it has no body');
	if (rawBody.length > maxBodyBytes) {
		throw new Refusal(413, `its body is too long (${rawBody.length} bytes)`);
	}
	const headers = Object.entries(context.getHeaderData()).flatMap(([name, value]) =>
		typeof value === 'string' ? [[name.toLowerCase(), value]] : [],
	);
	return { headers: Object.fromEntries(headers) as Record<string, string>, body: rawBody };
}

/** @throws Refusal unless the provider has signed the delivery, not long ago */
async function assertSigned(
	{ client, webhook, credentialId }: Caller,
	delivery: WebhookDelivery,
): Promise<void> {
	const signedAt = webhook.signedAt(delivery);
	if (signedAt === undefined) throw new Refusal(401, 'it is not signed');
	// An old one is no reason to ask for keys.
	if (Math.abs(client.clock.now() - signedAt) > toleranceMs) {
		throw new Refusal(401, "the time of its signature is more than 5 minutes from this server's");
	}
	if (!(await isSigned(client, webhook, credentialId, delivery))) {
		throw new Refusal(401, 'its signature is wrong');
	}
}

function readReport({ parse }: ProviderWebhook, { body }: WebhookDelivery): Report {
	try {
		const report = parse(JSON.parse(Buffer.from(body).toString('utf8')));
		if (canBeTaskId(report.taskId)) return report;
	} catch {
		// It is refused below, as is one with no task ID.
	}
	throw new Refusal(400, 'it names no task');
}

/**
 * Makes sure that a report is for this account where its signature says only who it is from: any customer of fal can have it
 * report a task to any URL.
 * @throws Refusal when it is for somebody else
 */
async function assertOwn(
	{ client, webhook }: Caller,
	delivery: WebhookDelivery,
	userId: string | undefined,
	taskId: string,
): Promise<void> {
	if (webhook.keysOf === 'account') return;
	if (userId !== undefined) {
		if (webhook.account?.(delivery) === userId) return;
		throw new Refusal(401, 'it is for another User ID than that of the node');
	}
	const { provider, clock } = client;
	const limits = {
		timeoutSeconds: lookUpSeconds,
		deadline: clock.now() + lookUpSeconds * 1000,
		signal: new AbortController().signal,
	};
	if (await isOwnTask(client, readTask(provider.id, taskId, {}), limits)) return;
	throw new Refusal(401, `the account of the node's credential has no task ${taskId}`);
}

/** A report that is signed and for this account. */
interface Genuine extends Report {
	readonly provider: string;
	/** Only where the signature covers it. */
	readonly userId: string | undefined;
}

/** @throws Refusal, or Failure when the provider can't be asked */
async function readGenuine(context: IWebhookFunctions, clock: Clock): Promise<Genuine> {
	const delivery = readDelivery(context);
	const caller = await callerOf(context, clock);
	await assertSigned(caller, delivery);
	const report = readReport(caller.webhook, delivery);
	if (report.isOver) {
		const userId = toName(context.getNodeParameter('userId', ''), 'User ID');
		await assertOwn(caller, delivery, userId, report.taskId);
	}
	const { client, webhook } = caller;
	return { ...report, provider: client.provider.id, userId: webhook.account?.(delivery) };
}

/**
 * Takes a call to the node's URL: the workflow starts with the task that it reports, if the provider has signed it for this
 * account and the task was not reported before. n8n answers once it has stored the execution, which fetches the images.
 */
export async function receive(
	context: IWebhookFunctions,
	clock: Clock = systemClock,
): Promise<IWebhookResponseData> {
	try {
		const { taskId, isOver, provider, userId } = await readGenuine(context, clock);
		if (!isOver || !isFirstReport(context, taskId, clock.now())) return {};
		return { workflowData: [[{ json: { provider, taskId, userId } }]] };
	} catch (error) {
		// What can't be checked now may be all right: the provider calls again after this answer.
		const statusCode = error instanceof Refusal ? error.statusCode : 503;
		const { id, name } = context.getWorkflow();
		context.logger.warn(
			`Z-Image Trigger: a call was refused (HTTP ${statusCode}): ${error instanceof Error ? error.message : String(error)} (workflow ${id ?? ''} "${name ?? ''}", node "${context.getNode().name}")`,
		);
		(context.getResponseObject() as Reply).status(statusCode).end();
		return { noWebhookResponse: true };
	}
}

/** Faults that may be over when the first delivery comes. */
const passing: ReadonlySet<string> = new Set(['rateLimit', 'timeout', 'unavailable']);

/**
 * Asks for the keys of signatures when the workflow is published, so that a credential that can't be used shows then.
 * @throws NodeApiError or NodeOperationError
 */
export async function activate(context: IHookFunctions, clock: Clock = systemClock): Promise<true> {
	try {
		const { client, webhook, credentialId } = await callerOf(context, clock);
		await askForKeys(client, webhook, credentialId);
	} catch (error) {
		if (!(error instanceof Failure && passing.has(error.kind))) {
			throw toNodeError(context.getNode(), error, 0);
		}
		context.logger.warn(`Z-Image Trigger: ${error.message}`);
	}
	return true;
}
