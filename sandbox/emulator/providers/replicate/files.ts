import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { jsonAnswer, type Answer } from '../../answer';
import type { Context } from '../../context';
import { respond, send } from '../../faults';
import { readForm } from '../../form';
import { newId } from '../../ids';
import { parseWords, wordProblem } from '../../words';
import { refuseKey, replicateError, replicateProblem } from './answers';

const MOST_FILES = 10_000;
/** GUESS: a day. The official client's type says that files expire. */
const LIFETIME_MS = 24 * 3600 * 1000;

interface KeptFile {
	/** The API's data about a file. [replicate-javascript: index.d.ts, FileObject] */
	readonly object: { readonly id: string };
	/** The path of its bytes. */
	readonly url: string;
}

/**
 * The files of `/files`: uploaded in a form, and identified by the URL in the upload's response.
 * [replicate-javascript: lib/files.js]
 */
export class ReplicateFiles {
	private readonly files = new Map<string, KeptFile>();

	constructor(private readonly context: Context) {
		context.onReset(() => this.files.clear());
	}

	addTo(host: FastifyInstance): void {
		const { context } = this;
		host.post('/v1/files', async (request, reply) => {
			const refused = refuseKey(context, request);
			if (refused !== undefined) return await send(reply, refused);
			const form = await readForm(request);
			const content = form?.get('content');
			// GUESS: the words.
			if (!(content instanceof File)) {
				return await send(reply, replicateProblem(400, 'Missing content'));
			}
			const { name } = content;
			const problem = wordProblem(name);
			if (problem !== undefined) return await send(reply, replicateProblem(400, problem));
			if (name.includes('sandbox-no-money')) return await send(reply, replicateError(402));
			return await respond({
				context,
				stage: 'upload',
				key: `replicate ${name}`,
				faults: parseWords(name, 'upload'),
				request,
				reply,
				error: replicateError,
				answer: async () =>
					jsonAnswer(201, await this.keep(content, await readMetadata(form?.get('metadata')))),
			});
		});
		host.get('/v1/files/:id', (request, reply) =>
			send(
				reply,
				this.forFile(request, ({ object }) => jsonAnswer(200, object)),
			),
		);
		host.delete('/v1/files/:id', (request, reply) =>
			send(
				reply,
				this.forFile(request, ({ object }) => {
					this.files.delete(object.id);
					return { status: 204, headers: {}, body: Buffer.alloc(0) };
				}),
			),
		);
	}

	/** The bytes that an input refers to. An uploaded file is given by its API URL. */
	contentUrl(url: string | undefined): string | undefined {
		const prefix = `${this.context.urls.replicate}/v1/files/`;
		if (url?.startsWith(prefix) !== true) return url;
		return this.files.get(url.slice(prefix.length))?.url ?? url;
	}

	private async keep(content: File, metadata: unknown): Promise<object> {
		const bytes = Buffer.from(await content.arrayBuffer());
		const id = newId();
		const now = Date.now();
		const object = {
			id,
			name: content.name,
			content_type: content.type,
			size: bytes.length,
			checksums: { sha256: createHash('sha256').update(bytes).digest('hex') },
			metadata,
			created_at: new Date(now).toISOString(),
			expires_at: new Date(now + LIFETIME_MS).toISOString(),
			urls: { get: `${this.context.urls.replicate}/v1/files/${id}` },
		};
		this.files.set(id, {
			object,
			url: this.context.uploads.keep(content.name, content.type, bytes),
		});
		const [oldest] = this.files.keys();
		if (this.files.size > MOST_FILES && oldest !== undefined) this.files.delete(oldest);
		return object;
	}

	private forFile(request: FastifyRequest, good: (file: KeptFile) => Answer): Answer {
		const refused = refuseKey(this.context, request);
		if (refused !== undefined) return refused;
		const file = this.files.get((request.params as { id: string }).id);
		return file === undefined ? replicateError(404) : good(file);
	}
}

/** The JSON in the field `metadata`, in its own part or as a string. */
async function readMetadata(value: FormDataEntryValue | null | undefined): Promise<unknown> {
	const text = value instanceof File ? await value.text() : value;
	try {
		return JSON.parse(text ?? '') as unknown;
	} catch {
		return {};
	}
}
