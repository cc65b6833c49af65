import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createCanvas } from '@napi-rs/canvas';
import { TextReader, Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';

import { startSandbox, type Sandbox } from '../../sandbox/emulator/server';
import { leadTo, type Route } from './network';

/** The public addresses that the providers' clients use by default. */
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

/** The public address of the webhook receiver. */
export const webhookUrl = 'https://n8n.example.com/webhook/z-image';

/** What every trial can use. */
export interface Rig {
	readonly sandbox: Sandbox;
	/** An image of 96 x 64 pixels. */
	readonly png: Uint8Array<ArrayBuffer>;
	/** A zip with two red images and their captions. */
	readonly zip: Uint8Array<ArrayBuffer>;
	/** Addresses that a client requested although no host of the sandbox has them. */
	readonly strays: readonly string[];
	readonly close: () => Promise<void>;
}

/** A training set as users upload it. */
async function redZip(): Promise<Uint8Array<ArrayBuffer>> {
	const canvas = createCanvas(64, 64);
	const context = canvas.getContext('2d');
	context.fillStyle = 'red';
	context.fillRect(0, 0, 64, 64);
	const image = new Uint8Array(canvas.toBuffer('image/png'));
	const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
	for (const name of ['001', '002']) {
		await writer.add(`${name}.png`, new Uint8ArrayReader(image));
		await writer.add(`${name}.txt`, new TextReader('zkx, a red square'));
	}
	return new Uint8Array(await writer.close());
}

/** Makes the sandbox reachable under the providers' names for everything in this process that uses `fetch`. */
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
		zip: await redZip(),
		strays: network.strays,
		close: async () => {
			await network.close();
			await sandbox.close();
			receiver.close();
		},
	};
}
