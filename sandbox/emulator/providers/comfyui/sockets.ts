import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { newId } from '../../ids';
import { WebSocketEnd } from '../../webSocket';

/** The clients connected to `/ws`. [Comfy-Org/ComfyUI server.py @002c3fb: websocket_handler, send_json] */
export class Sockets {
	private readonly clients = new Map<string, WebSocketEnd>();

	/** @param isNeeded called when the first client connects, and when the last one is gone */
	constructor(private readonly isNeeded: (isNeeded: boolean) => void) {}

	/** Accepts a client under its own name or a new one. */
	accept(
		request: IncomingMessage,
		socket: Duplex,
		head: Buffer,
		clientId: string | null,
		status: object,
	): void {
		const client = WebSocketEnd.accept(request, socket, head);
		if (client === undefined) {
			socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
			return;
		}
		const id = clientId === null || clientId === '' ? newId().replaceAll('-', '') : clientId;
		this.clients.set(id, client);
		this.isNeeded(true);
		client.onClose(() => {
			if (this.clients.get(id) === client) this.clients.delete(id);
			if (this.clients.size === 0) this.isNeeded(false);
		});
		this.send('status', { ...status, sid: id }, id);
	}

	/** Sends a message to one client, or without an ID to all of them. */
	send(type: string, data: object, clientId?: string): void {
		const message = JSON.stringify({ type, data });
		const addressed =
			clientId === undefined ? [...this.clients.values()] : [this.clients.get(clientId)];
		for (const client of addressed) client?.send(message);
	}

	close(): void {
		for (const client of this.clients.values()) client.destroy();
	}
}
