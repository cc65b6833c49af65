import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';

import { caseOf, findKey, nobody } from './canary';

type Refused = (host: string) => void;

const allowedHosts = new Map<number, ReadonlySet<string>>();
const leaks = new Map<number, string[]>();
const refusalListeners = new Set<Refused>();
const refusals = new Map<string, number>();

function hostOf(request: ClientRequest): string {
	return String(request.getHeader('host') ?? request.host);
}

/** Looks at every HTTP request that this process sends, wherever it goes. */
export function watchOutgoing(): void {
	subscribe('http.client.request.start', (message) => {
		const { request } = message as { request: ClientRequest };
		const text = JSON.stringify([request.path, request.getHeaders()]);
		if (findKey(text) === undefined) return;
		const number = caseOf(text) ?? nobody;
		const host = hostOf(request);
		if (allowedHosts.get(number)?.has(host)) return;
		leaks.set(number, [...(leaks.get(number) ?? []), `a request to ${host} carries a key`]);
	});
	subscribe('http.client.request.error', (message) => {
		const { request, error } = message as { request: ClientRequest; error: { code?: string } };
		if (error.code !== 'ECONNREFUSED') return;
		const host = hostOf(request);
		refusals.set(host, (refusals.get(host) ?? 0) + 1);
		for (const listener of refusalListeners) listener(host);
	});
}

/** Names the only hosts that may see the keys of a case. */
export function allowHosts(caseNumber: number, urls: readonly string[]): void {
	allowedHosts.set(caseNumber, new Set(urls.map((url) => new URL(url).host)));
}

/** Requests of a case that took its key elsewhere. */
export function outgoingLeaks(caseNumber: number): readonly string[] {
	return leaks.get(caseNumber) ?? [];
}

/** How often a connection to a URL's host has been refused. */
export function refusalsAt(url: string): number {
	return refusals.get(new URL(url).host) ?? 0;
}

/** Runs once, when a connection to a URL's host has been refused. */
export function onRefusal(url: string, run: () => void): void {
	const { host } = new URL(url);
	const listener = (refused: string) => {
		if (refused !== host) return;
		refusalListeners.delete(listener);
		run();
	};
	refusalListeners.add(listener);
}
