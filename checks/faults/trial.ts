import type { HostName } from '../../sandbox/emulator/hosts';
import type { AcceptedSubmit, Sandbox, SandboxRequest } from '../../sandbox/emulator/server';
import { startSandbox } from '../../sandbox/emulator/server';
import { credentialsFor } from '../../test/support/credentials';
import { fastClock } from '../../test/support/fastClock';
import { allowanceSeconds } from './allowance';
import { createKeys } from './canary';
import { createCertificate } from './certificate';
import { readComesOut, type ComesOut } from './comesOut';
import { execute, type Execution } from './execution';
import { harmOf, hitsAllItems, isOfUpload, tokenOf } from './fault';
import { Gate } from './gate';
import { allowHosts, onRefusal, refusalsAt } from './outgoing';
import { keyLeaks } from './keyLeaks';
import { withinPatience } from './patience';
import type { Handler, Proxy } from './proxy';
import { startProxy } from './proxy';
import { recover, type Recovery } from './recovery';
import type { Scenario } from './scenario';
import { workOf, type Stage, type Subject } from './subject';
import { asksForPlace, submittedPrompt, taskIdOf } from './submits';
import { Traffic } from './traffic';

/** A run that takes longer than its time and this, in real time, hangs. */
const patienceMs = 30_000;
const siblingTimeoutSeconds = 600;

/** What was observed in one case. */
export interface Evidence {
	readonly scenario: Scenario;
	/** Unset if the run did not end. */
	readonly execution?: Execution;
	readonly comesOut: ComesOut;
	/** By the nodes' clock. */
	readonly elapsedMs: number;
	/** Submits that reached the provider, by item. */
	readonly submits: readonly number[];
	/** Submits that the provider accepted, by item. */
	readonly accepted: ReadonlyArray<readonly AcceptedSubmit[]>;
	/** How often the request with the fault was sent. If connections are refused, for all items. */
	readonly stageRequests: number;
	/** Where a key was found. */
	readonly leaks: readonly string[];
	readonly recovery?: Recovery;
}

function promptsOf({ fault, stage, persistence, number, subject }: Scenario): string[] {
	const { itemCount, faultyItem } = subject;
	// The connection itself fails for all items.
	const token = tokenOf(fault, stage, persistence);
	return Array.from({ length: itemCount }, (_, index) =>
		index === faultyItem ? `a boat ${token}`.trim() : `sibling ${index} of case ${number}`,
	);
}

/** Tells the last request to a host before those of a stage; undefined where they are the first. */
function lastBefore(stage: Stage, { product }: Subject): ((line: string) => boolean) | undefined {
	const asks = (line: string) => asksForPlace(line.replace('POST ', ''));
	switch (stage) {
		case 'submit':
			return product === 'lora' ? asks : undefined;
		case 'status':
			return (line) => line.startsWith('POST') && !asks(line);
		case 'result':
			return (line) => /\/status(\?|$)/.test(line);
		case 'download':
			// The trainer itself reads the zip.
			return product === 'lora' ? (line) => /^GET .*\.zip/.test(line) : undefined;
		case 'initiate':
		case 'stream':
		case 'task':
		case 'upload':
			return undefined;
	}
}

/** Puts a gate before the host whose connections are to be refused. */
async function createGate(
	{ fault, stage, subject, persistence }: Scenario,
	{ urls }: Sandbox,
): Promise<Gate | undefined> {
	if (!hitsAllItems(fault) || fault.handshake) return undefined;
	const host = stage === 'download' || stage === 'upload' ? 'files' : subject.id;
	const matches = lastBefore(stage, subject);
	const gate = await Gate.create({
		target: urls[host],
		...(matches && { closesAfter: { count: subject.itemCount, matches } }),
	});
	if (matches) await gate.open();
	urls[host] = gate.url;
	if (persistence === 'once') onRefusal(gate.url, () => void gate.open());
	return gate;
}

/** Puts an https proxy in front of a host. */
async function createSecureHosts(
	{ fault: { handshake }, stage, subject }: Scenario,
	{ urls }: Sandbox,
): Promise<Proxy[]> {
	if (!handshake) return [];
	const own = stage === 'download' || stage === 'upload' ? 'files' : subject.id;
	if (handshake === 'http') {
		urls[own] = urls[own].replace('http:', 'https:');
		return [];
	}
	// A provider without the fault has its files behind https, too.
	const hosts: HostName[] = handshake === 'none' && own !== 'files' ? [own, 'files'] : [own];
	return await Promise.all(
		hosts.map(async (host) => {
			const pass: Handler = async (crossing) => await crossing.pass();
			const proxy = await startProxy(urls[host], pass, createCertificate(handshake));
			urls[host] = proxy.url;
			return proxy;
		}),
	);
}

/** Puts a server in front of the provider that affects one item's requests. */
async function createTraffic(
	{ fault, stage, persistence, subject }: Scenario,
	sandbox: Sandbox,
	prompts: readonly string[],
): Promise<Traffic | undefined> {
	const harm = harmOf(fault, stage);
	if (!harm) return undefined;
	return await Traffic.start({
		subject,
		sandbox,
		itemOf: (prompt) => {
			const item = prompts.indexOf(prompt);
			return item < 0 ? undefined : item;
		},
		meddle: (arrival) => {
			const isHit = arrival.item === subject.faultyItem && arrival.stage === stage;
			return isHit && (persistence === 'always' || arrival.position === 0) ? harm : undefined;
		},
	});
}

function isSubmitOf({ method, body }: SandboxRequest, prompt: string): boolean {
	return method === 'POST' && submittedPrompt(body) === prompt;
}

function countStageRequests(
	{ stage, subject }: Scenario,
	sandbox: Sandbox,
	prompt: string,
	traffic: Traffic | undefined,
): number {
	if (traffic && stage !== 'task') return traffic.count(stage, subject.faultyItem);
	if (isOfUpload(stage)) {
		return sandbox.requests.filter(({ path, provider, method }) =>
			stage === 'initiate' ? asksForPlace(path) : provider === 'files' && method === 'PUT',
		).length;
	}
	if (stage === 'submit' || stage === 'task') {
		return sandbox.requests.filter((request) => isSubmitOf(request, prompt)).length;
	}
	if (stage === 'download') {
		const paths = sandbox.requests
			.filter(({ method }) => method === 'GET')
			.filter(({ provider, path }) => provider === 'files' || path === '/view')
			.map(({ path, query }) => path + JSON.stringify(query));
		return Math.max(0, ...paths.map((path) => paths.filter((other) => other === path).length));
	}
	const submit = sandbox.accepted.find((accepted) => accepted.prompt === prompt);
	const taskId = (submit && taskIdOf(submit)) ?? '-';
	return sandbox.requests.filter(({ path, query, method }) => {
		if (method !== 'GET') return false;
		if (stage === 'stream') return path.endsWith(`/requests/${taskId}/status/stream`);
		if (stage === 'result') return path.endsWith(`/requests/${taskId}`);
		if (path.includes('/predictions/')) return path.includes(`/predictions/${taskId}`);
		const statusPaths = [`/requests/${taskId}/status`, `/jobs/${taskId}`];
		return query.task_id === taskId || statusPaths.some((end) => path.endsWith(end));
	}).length;
}

/** Whether the failure's data must lead to the image after the fault is over. */
function isRecoverable({ policy, tries, fault }: Scenario): boolean {
	// The links in the failure still lead to the host with the fault.
	if (fault.handshake) return false;
	return tries === 1 && (policy.outcome === 'task' || policy.outcome === 'either');
}

/** Runs Generate on three items, of which one meets the fault, or one training, and looks at everything that comes of it. */
export async function runTrial(scenario: Scenario): Promise<Evidence> {
	const { number, subject, stage, onError, tries, policy } = scenario;
	const sandbox = await startSandbox({ taskSeconds: 0, keys: createKeys(number) });
	const realUrl = sandbox.urls[subject.id];
	const gate = await createGate(scenario, sandbox);
	const secureHosts = await createSecureHosts(scenario, sandbox);
	const prompts = promptsOf(scenario);
	const traffic = await createTraffic(scenario, sandbox, prompts);
	try {
		allowHosts(number, [realUrl, sandbox.urls[subject.id]]);
		const credentials = credentialsFor(sandbox);
		const clock = fastClock();
		const startedAt = clock.now();
		const { faultyItem } = subject;
		const { step, input } = workOf(
			subject,
			prompts.map((prompt, index) => ({
				prompt,
				timeoutSeconds:
					index === faultyItem || gate ? policy.timeoutSeconds : siblingTimeoutSeconds,
			})),
		);
		const execution = await withinPatience(
			execute(
				{ ...step, onError, ...(tries > 1 && { maxTries: tries }) },
				input,
				credentials,
				clock,
			),
			tries * (policy.timeoutSeconds + allowanceSeconds(subject, stage)) * 1000 + patienceMs,
		);
		const elapsedMs = clock.now() - startedAt;
		const comesOut = execution
			? readComesOut(execution)
			: { images: new Map(), failures: [], text: '' };
		const evidence = {
			scenario,
			...(execution && { execution }),
			comesOut,
			elapsedMs,
			submits: prompts.map(
				(prompt, item) =>
					traffic?.count('submit', item) ??
					sandbox.requests.filter((request) => isSubmitOf(request, prompt)).length,
			),
			stageRequests:
				countStageRequests(scenario, sandbox, prompts[faultyItem] ?? '', traffic) +
				(gate ? refusalsAt(gate.url) : 0),
			accepted: prompts.map((wanted) =>
				sandbox.accepted
					.filter(({ prompt }) => prompt === wanted)
					.map((submit) => ({ ...submit, isTold: submit.isTold && !traffic?.hides(submit) })),
			),
		};
		const failure = comesOut.failures.find(({ itemIndex }) => gate || itemIndex === faultyItem);
		let recovery: Recovery | undefined;
		if (failure && isRecoverable(scenario)) {
			sandbox.liftFaults();
			traffic?.lift();
			await gate?.open();
			recovery = await withinPatience(recover(scenario, failure, credentials, clock), patienceMs);
			recovery ??= { problem: 'Get Task Result did not end' };
		}
		const executions = [execution, recovery?.execution].filter((run) => run !== undefined);
		const leaks = keyLeaks(subject, sandbox, executions);
		return { ...evidence, leaks, ...(recovery && { recovery }) };
	} finally {
		await gate?.close();
		await Promise.all(secureHosts.map(async (proxy) => await proxy.close()));
		await traffic?.close();
		await sandbox.close();
	}
}
