import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createCanvas } from '@napi-rs/canvas';

import { startSandbox, type Sandbox } from '../../sandbox/emulator/server';
import { leadTo, type Route } from './network';

/** Where clients of the providers go by themselves. */
const publicUrls = {
	fal: 'https://queue.fal.run',
	falSync: 'https://fal.run',
	aimlapi: 'https://api.aimlapi.com',
	files: 'https://v3.fal.media',
	hub: 'https://huggingface.co',
	wavespeed: 'https://api.wavespeed.ai',
	replicate: 'https://api.replicate.com',
} as const;

/** Further names of a host. */
const aliases = { 'https://rest.fal.ai': 'fal' } as const;

/** Where the receiver of webhooks seems to be. */
export const webhookUrl = 'https://n8n.example.com/webhook/z-image';

/** What every trial has at hand. */
export interface Rig {
	readonly sandbox: Sandbox;
	/** A picture of 96 x 64. */
	readonly png: Uint8Array<ArrayBuffer>;
	/** Addresses that no host of the sandbox has, and that a client has asked for anyway. */
	readonly strays: readonly string[];
	readonly close: () => Promise<void>;
}

/** The sandbox under the names of the providers, for everything in this process that uses `fetch`. */
export async function startRig(): Promise<Rig> {
	const receiver = createServer((_request, response) => response.end()).listen(0, '127.0.0.1');
	await once(receiver, 'listening');
	const { port } = receiver.address() as AddressInfo;
	const sandbox = await startSandbox({
		taskSeconds: 0,
		publicUrls,
		webhooks: { origins: { [new URL(webhookUrl).origin]: `http://127.0.0.1:${port}` } },
	});
	const hosts = [...Object.entries(publicUrls).map(([host, url]) => [url, host] as const)];
	const routes = [...hosts, ...Object.entries(aliases)].map(([from, host]): Route => ({
		from,
		to: sandbox.urls[host as keyof typeof publicUrls],
	}));
	const network = leadTo(routes);
	return {
		sandbox,
		png: new Uint8Array(createCanvas(96, 64).toBuffer('image/png')),
		strays: network.strays,
		close: async () => {
			await network.close();
			await sandbox.close();
			receiver.close();
		},
	};
}
