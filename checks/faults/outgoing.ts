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

/** Watches every HTTP request of this process, whatever its host. */
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

/** Registers the only hosts that may see a case's keys. */
export function allowHosts(caseNumber: number, urls: readonly string[]): void {
	allowedHosts.set(caseNumber, new Set(urls.map((url) => new URL(url).host)));
}

/** A case's requests that sent its key to another host. */
export function outgoingLeaks(caseNumber: number): readonly string[] {
	return leaks.get(caseNumber) ?? [];
}

/** How often a connection to a URL's host was refused. */
export function refusalsAt(url: string): number {
	return refusals.get(new URL(url).host) ?? 0;
}

/** Runs once when a connection to a URL's host was refused. */
export function onRefusal(url: string, run: () => void): void {
	const { host } = new URL(url);
	const listener = (refused: string) => {
		if (refused !== host) return;
		refusalListeners.delete(listener);
		run();
	};
	refusalListeners.add(listener);
}
