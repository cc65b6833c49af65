import { BlockList, isIP } from 'node:net';

/** Where webhooks may lead. */
export interface WebhookTargets {
	/** Whether this machine may be called by its own names, which no provider would do. */
	readonly loopback?: boolean;
	/** By public origin (`https://n8n.example.com`), where it is on this machine (`http://127.0.0.1:5678`). */
	readonly origins?: Readonly<Record<string, string>>;
}

const PRIVATE = new BlockList();
for (const [net, prefix] of [
	['0.0.0.0', 8],
	['10.0.0.0', 8],
	['100.64.0.0', 10],
	['127.0.0.0', 8],
	['169.254.0.0', 16],
	['172.16.0.0', 12],
	['192.168.0.0', 16],
] as const) {
	PRIVATE.addSubnet(net, prefix, 'ipv4');
}
for (const [net, prefix] of [
	['::', 127],
	['fc00::', 7],
	['fe80::', 10],
] as const) {
	PRIVATE.addSubnet(net, prefix, 'ipv6');
}

const LOOPBACK = /^(127(\.\d+){3}|localhost|\[::1\])$/;

function isPrivate(hostname: string): boolean {
	const address = hostname.replace(/^\[|\]$/g, '');
	const family = isIP(address);
	if (family !== 0) return PRIVATE.check(address, family === 6 ? 'ipv6' : 'ipv4');
	return /(^|\.)(localhost|local|internal)$/.test(hostname) || !hostname.includes('.');
}

/**
 * Where a webhook's URL leads from here. Providers call no private addresses. The sandbox calls only addresses
 * of this machine, which must be allowed, or a public name that it knows to be here.
 */
export function webhookTarget(
	url: string,
	{ loopback = false, origins = {} }: WebhookTargets,
): { readonly url: string } | { readonly outcome: 'dropped' | 'unreachable' } {
	const dropped = { outcome: 'dropped' } as const;
	if (!URL.canParse(url)) return dropped;
	const { protocol, origin, hostname, pathname, search } = new URL(url);
	if (!/^https?:$/.test(protocol)) return dropped;
	const local = origins[origin];
	if (local !== undefined) return { url: `${local.replace(/\/$/, '')}${pathname}${search}` };
	if (LOOPBACK.test(hostname)) return loopback ? { url } : dropped;
	return isPrivate(hostname) ? dropped : { outcome: 'unreachable' };
}
