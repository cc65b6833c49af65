import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Answer } from '../../answer';
import type { Context } from '../../context';
import { respond, send } from '../../faults';
import { formFile } from '../../form';
import { bodyOf } from '../../host';
import { parseWords, wordProblem } from '../../words';
import { refuseKey, waveSpeedAnswer, waveSpeedError } from './answers';

const ticket = z.object({
	filename: z.string().min(1),
	size: z.number().int().gt(0),
	content_type: z.string().default('application/octet-stream'),
});

/** GUESS: how long the upload URL is valid. */
const PLACE_SECONDS = 3600;

/** Why a file with that name is refused. */
function refuseName(name: string): Answer | undefined {
	const problem = wordProblem(name);
	if (problem !== undefined) return waveSpeedError(400, problem);
	return name.includes('sandbox-no-money') ? waveSpeedError(402) : undefined;
}

/**
 * The two ways to upload a file: with an upload URL [wavespeed-python; npm wavespeed 0.3.2], and in a form [npm
 * wavespeed 0.2].
 */
export function addWaveSpeedMedia(host: FastifyInstance, context: Context): void {
	host.post('/api/v3/media/uploads', async (request, reply) => {
		const refused = refuseKey(context, request);
		if (refused !== undefined) return await send(reply, refused);
		const parsed = ticket.safeParse(bodyOf(request).json);
		if (!parsed.success) {
			// GUESS: that a missing field is refused, and how.
			const field = parsed.error.issues[0]?.path.join('.') ?? '';
			return await send(reply, waveSpeedError(400, `${field} is missing or invalid`));
		}
		const { filename, content_type } = parsed.data;
		const refusedName = refuseName(filename);
		if (refusedName !== undefined) return await send(reply, refusedName);
		return await respond({
			context,
			stage: 'initiate',
			key: `wavespeed ${filename}`,
			faults: parseWords(filename, 'initiate'),
			request,
			reply,
			error: (status) => waveSpeedError(status),
			answer: () => {
				// GUESS: which headers. The official clients show that they must be sent unchanged.
				const headers = {
					'Content-Type': content_type,
					'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
				};
				const faults = parseWords(filename, 'upload');
				const signed = Object.fromEntries(
					Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
				);
				const options = { faults, signedHeaders: signed };
				const links = context.uploads.initiate(filename, content_type, options);
				return waveSpeedAnswer({
					upload: {
						method: 'PUT',
						url: links.upload_url,
						headers,
						expires_at: new Date(Date.now() + PLACE_SECONDS * 1000).toISOString(),
					},
					download_url: links.file_url,
				});
			},
		});
	});

	host.post('/api/v3/media/upload/binary', async (request, reply) => {
		const refused = refuseKey(context, request);
		if (refused !== undefined) return await send(reply, refused);
		const file = await formFile(request, 'file');
		if (file === undefined) return await send(reply, waveSpeedError(400, 'file is missing'));
		const refusedName = refuseName(file.name);
		if (refusedName !== undefined) return await send(reply, refusedName);
		return await respond({
			context,
			stage: 'upload',
			key: `wavespeed ${file.name}`,
			faults: parseWords(file.name, 'upload'),
			request,
			reply,
			error: (status) => waveSpeedError(status),
			answer: async () => {
				const bytes = Buffer.from(await file.arrayBuffer());
				return waveSpeedAnswer({
					// GUESS: that it is the kind of file.
					type: file.type.split('/', 1)[0],
					download_url: context.uploads.keep(file.name, file.type, bytes),
					filename: file.name,
					size: bytes.length,
				});
			},
		});
	});
}
