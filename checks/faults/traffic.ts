import { setTimeout as sleep } from 'node:timers/promises';

import type { AcceptedSubmit, Sandbox } from '../../sandbox/emulator/server';
import { encodedReply, gatewayReply, type Harm, type Reply } from './harm';
import type { Crossing, Proxy } from './proxy';
import { startProxy } from './proxy';
import { isOfUpload } from './fault';
import type { Stage, Subject } from './subject';
import { asksForPlace, submittedPrompt } from './submits';

/** The kinds of requests that the nodes send for an item. */
export type RequestStage = Exclude<Stage, 'task'>;

/** A request of an item, before any event affects it. */
export interface Arrival {
	readonly item: number;
	readonly stage: RequestStage;
	/** How many earlier requests of that stage the item sent. */
	readonly position: number;
}

/** A submit as the server in front received it, whatever happened to it. */
export interface Submit {
	/** By the real clock. */
	readonly at: number;
	readonly harm: Harm | undefined;
	/** The provider's status. Undefined if the request didn't reach it, or if it closed the connection. */
	readonly providerStatus: number | undefined;
	/** Whether the provider's own complete response has reached the nodes. */
	readonly isTold: boolean;
}

interface Options {
	readonly subject: Subject;
	readonly sandbox: Sandbox;
	/** The item that a prompt belongs to. */
	readonly itemOf: (prompt: string) => number | undefined;
	/** What happens to a request, decided when it arrives. */
	readonly meddle: (arrival: Arrival) => Harm | undefined;
}

/** How much of the provider's response is passed on: everything, or nothing useful. */
function isHarmless(harm: Harm | undefined): boolean {
	if (harm === undefined || harm.kind === 'late') return true;
	if (harm.kind === 'encoding') return harm.damage === 'none';
	return harm.kind === 'provider' && /^\d+(;|$)/.test(harm.fault);
}

/** All requests between the nodes and one provider with its file host, and which item they belong to. */
export class Traffic {
	/** By item. */
	readonly submits: Submit[][] = [];
	/** Items whose task the provider has promised to cancel. */
	readonly cancelled = new Set<number>();
	/** Responses to submits that didn't reach the nodes, as JSON. */
	private readonly withheld = new Set<string>();
	private readonly counts = new Map<string, number>();
	private readonly owners = new Map<string, number>();
	private readonly proxies: Proxy[] = [];
	private isLifted = false;

	private constructor(private readonly options: Options) {}

	/**
	 * Puts a server in front of the provider and another in front of its files. They replace the sandbox's
	 * URLs.
	 */
	static async start(options: Options): Promise<Traffic> {
		const traffic = new Traffic(options);
		const { urls } = options.sandbox;
		for (const host of [options.subject.id, 'files'] as const) {
			const proxy = await startProxy(urls[host], async (crossing) => {
				return await traffic.handle(host === 'files', crossing);
			});
			traffic.proxies.push(proxy);
			urls[host] = proxy.url;
		}
		return traffic;
	}

	/** From now on, no request is affected. */
	lift(): void {
		this.isLifted = true;
	}

	/** How many requests an item sent. */
	count(stage: RequestStage, item: number): number {
		return this.counts.get(`${stage} ${item}`) ?? 0;
	}

	/** Whether the provider's response to a submit didn't reach the nodes. */
	hides({ answer }: AcceptedSubmit): boolean {
		return this.withheld.has(JSON.stringify(answer));
	}

	async close(): Promise<void> {
		await Promise.all(this.proxies.map(async (proxy) => await proxy.close()));
	}

	private async handle(isFile: boolean, crossing: Crossing): Promise<Reply | 'reset'> {
		const stage = this.stageOf(isFile, crossing);
		const item = this.itemOf(stage, crossing);
		if (item === undefined) return await crossing.pass();
		if (stage === undefined) {
			const reply = await crossing.pass();
			if (reply.status === 202 || reply.status === 200) this.cancelled.add(item);
			return reply;
		}
		const position = this.count(stage, item);
		this.counts.set(`${stage} ${item}`, position + 1);
		const at = Date.now();
		const harm = this.isLifted ? undefined : this.options.meddle({ item, stage, position });
		const { reply, provider } = await this.apply(harm, item, crossing);
		if (stage === 'submit') this.note(item, { at, harm, provider });
		return reply;
	}

	private note(
		item: number,
		{ at, harm, provider }: { at: number; harm: Harm | undefined; provider: Reply | undefined },
	): void {
		const isTold = provider !== undefined && isHarmless(harm);
		if (!isTold && provider) this.withheld.add(provider.body.toString());
		const submits = (this.submits[item] ??= []);
		submits.push({ at, harm, providerStatus: provider?.status, isTold });
	}

	private async apply(
		harm: Harm | undefined,
		item: number,
		crossing: Crossing,
	): Promise<{ reply: Reply | 'reset'; provider: Reply | undefined }> {
		const pass = async (headers?: Record<string, string>): Promise<Reply> => {
			const reply = await crossing.pass(headers);
			this.learn(reply, item);
			return reply;
		};
		const provider = async () =>
			harm !== undefined && 'isPassedOn' in harm && !harm.isPassedOn ? undefined : await pass();
		switch (harm?.kind) {
			case undefined: {
				const reply = await pass();
				return { reply, provider: reply };
			}
			case 'provider': {
				const reply = await pass({ 'x-sandbox-fault': harm.fault }).catch(() => 'reset' as const);
				return { reply, provider: reply === 'reset' ? undefined : reply };
			}
			case 'late': {
				const reply = await pass();
				await sleep(harm.ms);
				return { reply, provider: reply };
			}
			case 'gateway':
				return { provider: await provider(), reply: gatewayReply(harm.status, harm.body) };
			case 'reset':
				return { provider: await provider(), reply: 'reset' };
			case 'encoding': {
				const reply = await pass();
				return { provider: reply, reply: encodedReply(reply, harm.encoding, harm.damage) };
			}
		}
	}

	/** Undefined for a cancel. */
	private stageOf(isFile: boolean, { method, url }: Crossing): RequestStage | undefined {
		if (isFile) return method === 'PUT' ? 'upload' : 'download';
		if (method === 'POST' && asksForPlace(url)) return 'initiate';
		if (method === 'POST') return url.endsWith('/cancel') ? undefined : 'submit';
		if (method !== 'GET') return undefined;
		if (/\/status\/stream(\?|$)/.test(url)) return 'stream';
		if (/\/view\?/.test(url)) return 'download';
		return /\/status(\?|$)|[?&]task_id=|\/predictions\/|\/jobs\//.test(url) ? 'status' : 'result';
	}

	private itemOf(
		stage: RequestStage | undefined,
		{ method, url, body }: Crossing,
	): number | undefined {
		// Only a training uploads anything, and it has no siblings.
		if (stage !== undefined && isOfUpload(stage)) return this.options.subject.faultyItem;
		if (method === 'POST' && !url.endsWith('/cancel')) {
			return this.options.itemOf(submittedPrompt(JSON.parse(body.toString())));
		}
		return [...this.owners].find(([name]) => url.includes(name))?.[1];
	}

	/** Whatever a response names, a task or a file, belongs to the item that sent the request. */
	private learn({ headers, body }: Reply, item: number): void {
		if (!/json/.test(String(headers['content-type']))) return;
		const text = body.toString();
		const ids = text.matchAll(/"(?:request_id|task_id|prompt_id|id)":"([^"]+)"/g);
		const files = text.matchAll(/"(?:url|image_url|outputs?)":\[?"http:\/\/[^/"]+([^?"]+)/g);
		const names = text.matchAll(/"filename":"([^"]+)"/g);
		for (const [, name] of [...ids, ...files, ...names]) {
			if (name !== undefined) this.owners.set(name, item);
		}
	}
}
