import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Service, type TlsFiles, bodyOf, createService, jsonOf } from './service';

export const GOOGLE_TOKEN = 'sandbox-google-token';
export const GOOGLE_HOSTS = ['sheets.googleapis.com', 'www.googleapis.com'];

/** A cell's value. */
export type Cell = string | number;

/** A file in Google Drive. */
export interface DriveFile {
	readonly id: string;
	readonly name: string;
	readonly parents: readonly string[];
	readonly contentType: string;
	readonly bytes: Buffer;
	readonly webViewLink: string;
}

export interface GoogleService extends Service {
	/** The rows of `Sheet1`, with the header first. All spreadsheets share them. */
	readonly rows: Cell[][];
	/** The uploads to Drive, in order. */
	readonly files: DriveFile[];
}

interface Upload {
	readonly name: string;
	readonly parents: readonly string[];
	readonly contentType: string;
	readonly chunks: Buffer[];
}

interface BatchUpdate {
	readonly data?: ReadonlyArray<{ readonly range: string; readonly values: Cell[][] }>;
}

const SHEET = 'Sheet1';
const A1 = /^(?:'?([^'!]+)'?!)?([A-Z])(\d+)$/;

/** An error as Google's APIs report it. */
const failure = (reply: FastifyReply, code: number, status: string) =>
	reply.code(code).send({ error: { code, status, message: status } });

/** Rows as the API returns them: without the empty cells at their ends. */
function trimmed(rows: readonly Cell[][]): Cell[][] {
	return rows.map((row) => row.slice(0, row.findLastIndex((cell) => cell !== '') + 1));
}

function write(rows: Cell[][], range: string, value: Cell): boolean {
	const [, sheet, column = '', row = ''] = A1.exec(range) ?? [];
	const cells = rows[Number(row) - 1];
	if (sheet !== SHEET || !cells) return false;
	const index = column.charCodeAt(0) - 'A'.charCodeAt(0);
	while (cells.length <= index) cells.push('');
	cells[index] = value;
	return true;
}

const fileOf = ({ name, parents, contentType, chunks }: Upload, id: string): DriveFile => ({
	id,
	name,
	parents,
	contentType,
	bytes: Buffer.concat(chunks),
	webViewLink: `https://drive.google.com/file/d/${id}/view`,
});

/**
 * The parts of Google Sheets and Google Drive with which a workflow reads and updates rows and uploads files.
 * [developers.google.com: sheets/api/reference/rest/v4/spreadsheets.values;
 * drive/api/guides/manage-uploads#resumable]
 */
export function createGoogle(tls: TlsFiles): GoogleService {
	const service = createService(tls);
	const rows: Cell[][] = [];
	const files: DriveFile[] = [];
	const uploads = new Map<string, Upload>();
	const { host } = service;
	const isUpload = ({ method, url }: FastifyRequest) =>
		method === 'PUT' && url.includes('upload_id=');

	// A resumable upload's URL is itself a secret, so it is used without a token.
	host.addHook('preHandler', async (request, reply) => {
		if (isUpload(request) || request.headers.authorization === `Bearer ${GOOGLE_TOKEN}`) return;
		await failure(reply, 401, 'UNAUTHENTICATED');
	});
	host.get('/v4/spreadsheets/:id', () => ({
		sheets: [{ properties: { sheetId: 0, title: SHEET, index: 0 } }],
	}));
	host.get('/v4/spreadsheets/:id/values/:range', async (request, reply) => {
		const { range } = request.params as { range: string };
		const [sheet] = range.replace(/'/g, '').split('!');
		if (sheet !== SHEET) return await failure(reply, 400, 'INVALID_ARGUMENT');
		return { range, majorDimension: 'ROWS', values: trimmed(rows) };
	});
	host.post('/v4/spreadsheets/:id/values:batchUpdate', async (request, reply) => {
		const { data = [] } = jsonOf(request) as BatchUpdate;
		const written = data.map(({ range, values }) => write(rows, range, values[0]?.[0] ?? ''));
		if (written.includes(false)) return await failure(reply, 400, 'INVALID_ARGUMENT');
		return { totalUpdatedCells: data.length };
	});

	host.post('/upload/drive/v3/files', async (request, reply) => {
		const { name, parents = ['root'] } = jsonOf(request) as Partial<Upload>;
		if (!name) return await failure(reply, 400, 'INVALID_ARGUMENT');
		const id = `file${uploads.size + 1}`;
		const contentType = String(request.headers['x-upload-content-type']);
		uploads.set(id, { name, parents, contentType, chunks: [] });
		const url = `https://www.googleapis.com/upload/drive/v3/files?uploadType=resumable&upload_id=${id}`;
		return await reply.header('location', url).send();
	});
	host.put('/upload/drive/v3/files', async (request, reply) => {
		const { upload_id: id = '' } = request.query as Record<string, string | undefined>;
		const upload = uploads.get(id);
		const [, last, total] = /-(\d+)\/(\d+)$/.exec(request.headers['content-range'] ?? '') ?? [];
		if (!upload || last === undefined) return await failure(reply, 404, 'NOT_FOUND');
		upload.chunks.push(bodyOf(request));
		if (Number(last) + 1 < Number(total)) return await reply.code(308).send();
		const file = fileOf(upload, id);
		files.push(file);
		return { id, name: file.name, mimeType: file.contentType };
	});
	host.patch('/drive/v3/files/:id', async (request, reply) => {
		const { id } = request.params as { id: string };
		const file = files.find((each) => each.id === id);
		if (!file) return await failure(reply, 404, 'NOT_FOUND');
		const { bytes, contentType, ...answer } = file;
		return { ...answer, kind: 'drive#file', mimeType: contentType, size: String(bytes.length) };
	});
	return { ...service, rows, files };
}
