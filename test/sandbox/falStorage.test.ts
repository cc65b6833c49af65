import type { FalBody } from './bodies';
import { authorization, call, useSandbox } from './http';
import { halves, sha256 } from './images';
import { like } from './like';
import { request } from 'undici';

const sandbox = useSandbox();
const PICTURE = halves(96, 64, 'red', 'blue');

interface Links {
	readonly upload_url: string;
	readonly file_url: string;
}

const initiate = (
	file_name: unknown,
	more: object = {},
	key = authorization(sandbox.current).fal,
	headers: Record<string, string> = {},
) =>
	call<Links>(`${sandbox.current.urls.fal}/storage/upload/initiate?storage_type=fal-cdn-v3`, {
		key,
		headers,
		body: { file_name, content_type: 'image/png', ...more },
	});
async function put(url: string, headers: Record<string, string> = {}, body = PICTURE) {
	const reply = await request(url, {
		method: 'PUT',
		headers: { 'content-type': 'image/png', ...headers },
		body,
	});
	return { status: reply.statusCode, text: await reply.body.text() };
}
const links = async (file_name: string) => (await initiate(file_name)).json;

describe('an upload', () => {
	it('is initiated, uploaded without the key, and then public', async () => {
		const { status, json } = await initiate('my cat (1).png');
		expect(status).toBe(200);
		const { fal, files } = sandbox.current.urls;
		expect(fal).not.toBe(files);
		expect(json).toEqual({
			upload_url: like.text(new RegExp(`^${files}/upload/.+\\?signature=\\w+$`)),
			file_url: like.text(new RegExp(`^${files}/files/b/.+_my_cat_1_\\.png$`)),
		});
		expect((await call(json.file_url)).status).toBe(404);
		expect(await put(json.upload_url)).toEqual({ status: 200, text: '' });
		const file = await call(json.file_url);
		expect(file).toMatchObject({ status: 200, headers: { 'content-type': 'image/png' } });
		expect(file.bytes.equals(PICTURE)).toBe(true);
		expect(sandbox.current.requestsTo('files').map(({ method }) => method)).toEqual([
			'GET',
			'PUT',
			'GET',
		]);
	});

	it('can be read by a model', async () => {
		const { upload_url, file_url } = await links('cat.png');
		await put(upload_url);
		const key = authorization(sandbox.current).fal;
		const { json } = await call<FalBody>(
			`${sandbox.current.urls.fal}/fal-ai/z-image/turbo/image-to-image`,
			{ key, body: { prompt: 'a cat', image_url: file_url } },
		);
		const result = await call<FalBody>(json.response_url, { key });
		expect(result.json.images[0]).toMatchObject({ width: 96, height: 64 });
		expect(sandbox.current.tasks[0]?.image).toMatchObject({
			from: 'url',
			bytes: PICTURE.length,
			sha256: sha256(PICTURE),
		});
	});

	it('with the key at the signed URL is refused', async () => {
		const { upload_url, file_url } = await links('cat.png');
		const key = authorization(sandbox.current).fal;
		expect((await put(upload_url, { authorization: key })).status).toBe(400);
		expect((await call(file_url)).status).toBe(404);
	});

	it('is deleted when its lifecycle ends', async () => {
		const headers = { 'x-fal-object-lifecycle': '{"expiration_duration_seconds":604800}' };
		const key = authorization(sandbox.current).fal;
		const { upload_url, file_url } = (await initiate('cat.png', {}, key, headers)).json;
		await put(upload_url);
		const now = jest.spyOn(Date, 'now');
		const day = 24 * 3_600_000;
		now.mockReturnValue(Date.now() + 6.9 * day);
		expect((await call(file_url)).status).toBe(200);
		now.mockReturnValue(Date.now() + 0.2 * day);
		expect((await call(file_url)).status).toBe(404);
		now.mockRestore();
	});

	it.each(['604800', '{"expiration_duration_seconds":"1h"}', '7d'])(
		'with the lifecycle %s is refused',
		async (lifecycle) => {
			const headers = { 'x-fal-object-lifecycle': lifecycle };
			const key = authorization(sandbox.current).fal;
			expect(await initiate('cat.png', {}, key, headers)).toMatchObject({
				status: 422,
				json: { detail: [{ loc: ['header', 'x-fal-object-lifecycle'] }] },
			});
		},
	);

	it('without the signature is refused, and forgotten on reset', async () => {
		const { upload_url, file_url } = await links('cat.png');
		expect((await put(upload_url.replace(/\?.*/, ''))).status).toBe(403);
		expect((await put(upload_url)).status).toBe(200);
		sandbox.current.reset();
		expect((await call(file_url)).status).toBe(404);
		expect((await put(upload_url)).status).toBe(404);
	});
});

describe('an upload in parts', () => {
	const halves = [PICTURE.subarray(0, 100), PICTURE.subarray(100)] as const;
	const initiateParts = async (file_name: string) => {
		const { status, json } = await call<Links>(
			`${sandbox.current.urls.fal}/storage/upload/initiate-multipart?storage_type=fal-cdn-v3`,
			{
				key: authorization(sandbox.current).fal,
				body: { file_name, content_type: 'image/png' },
			},
		);
		expect(status).toBe(200);
		return json;
	};
	const below = (url: string, name: string | number) => url.replace('?', `/${name}?`);
	const putPart = async (url: string, number: number, bytes: Buffer) => {
		const reply = await put(below(url, number), {}, bytes);
		return { ...reply, part: JSON.parse(reply.text || 'null') as unknown };
	};
	const complete = (url: string, parts: unknown) =>
		call(below(url, 'complete'), { body: { parts } });

	it('is complete once all its parts are there and it is completed', async () => {
		const { upload_url, file_url } = await initiateParts('big cat.png');
		// In any order, and a part may be sent again.
		await putPart(upload_url, 1, Buffer.from('another'));
		const two = await putPart(upload_url, 2, halves[1]);
		const one = await putPart(upload_url, 1, halves[0]);
		expect(one).toMatchObject({
			status: 200,
			part: { partNumber: 1, etag: like.text(/^"[\da-f]{32}"$/) },
		});
		expect((await call(file_url)).status).toBe(404);
		expect((await complete(upload_url, [one.part, two.part])).status).toBe(200);
		const file = await call(file_url);
		expect(file).toMatchObject({ status: 200, headers: { 'content-type': 'image/png' } });
		expect(file.bytes.equals(PICTURE)).toBe(true);
	});

	it.each<[string, (one: unknown, two: unknown) => unknown]>([
		['nothing', () => []],
		['no list', () => 'all'],
		['parts in another order', (one, two) => [two, one]],
		['a part twice', (one) => [one, one]],
		['a missing part', (one) => [one, { partNumber: 3, etag: '"0"' }]],
		['another tag', () => [{ partNumber: 1, etag: '"0"' }]],
	])("can't be completed with %s", async (_name, parts) => {
		const { upload_url, file_url } = await initiateParts('cat.png');
		const one = await putPart(upload_url, 1, halves[0]);
		const two = await putPart(upload_url, 2, halves[1]);
		expect((await complete(upload_url, parts(one.part, two.part))).status).toBe(400);
		expect((await call(file_url)).status).toBe(404);
	});

	it('accepts no key, no other signature, and nothing in one piece', async () => {
		const { upload_url } = await initiateParts('cat.png');
		const key = { authorization: authorization(sandbox.current).fal };
		expect((await put(below(upload_url, 1), key)).status).toBe(400);
		expect((await put(below(upload_url, 1).replace(/=.*/, '=x'))).status).toBe(403);
		expect((await put(upload_url)).status).toBe(404);
		expect((await put(below(upload_url, 0))).status).toBe(404);
		const whole = await links('cat.png');
		expect((await put(below(whole.upload_url, 1))).status).toBe(404);
	});

	it('fails if its name asks for it', async () => {
		const { upload_url } = await initiateParts('sandbox-upload-503-x1.png');
		expect((await put(below(upload_url, 1))).status).toBe(503);
		expect((await put(below(upload_url, 1))).status).toBe(200);
	});
});

describe('an initiation is refused', () => {
	it.each([
		['Key wrong:key', 'invalid key credentials'],
		['Bearer x', 'bearer: unable to decode issuer'],
		['', 'invalid key credentials'],
	])('401 for %p', async (key, detail) => {
		expect(await initiate('cat.png', {}, key)).toMatchObject({ status: 401, json: { detail } });
	});

	it("422 for a body that isn't sent as JSON", async () => {
		const reply = await call(`${sandbox.current.urls.fal}/storage/upload/initiate`, {
			key: authorization(sandbox.current).fal,
			headers: { 'content-type': 'text/plain' },
			body: { file_name: 'cat.png', content_type: 'image/png' },
		});
		expect(reply.status).toBe(422);
	});

	it('404 at another path', async () => {
		const reply = await call(`${sandbox.current.urls.fal}/storage/upload/other`, { body: {} });
		expect(reply).toMatchObject({ status: 404, json: { detail: 'Not Found' } });
	});

	it('403 without money', async () => {
		expect(await initiate('sandbox-no-money.png')).toMatchObject({
			status: 403,
			json: { detail: like.textWith('User is locked') },
		});
	});

	it.each([
		['no name', undefined, {}, 'file_name'],
		['no type', 'cat.png', { content_type: null }, 'content_type'],
		['an unknown word', 'sandbox-upload-slowly.png', {}, 'file_name'],
	])('422 for %s', async (_name, fileName, more, field) => {
		expect(await initiate(fileName, more)).toMatchObject({
			status: 422,
			json: { detail: [{ loc: ['body', field] }] },
		});
	});
});

describe('a word in the file name makes it fail', () => {
	it.each([
		['sandbox-initiate-429', 429],
		['sandbox-initiate-500.png', 500],
		['my-sandbox-initiate-503-cat.png', 503],
	])('initiation of %s', async (name, status) => {
		expect((await initiate(name)).status).toBe(status);
		expect((await initiate(name)).status).toBe(status);
	});

	it.each([
		['sandbox-upload-403.png', 403],
		['sandbox-upload-500.png', 500],
		['sandbox-upload-503.png', 503],
	])('upload of %s', async (name, status) => {
		const { upload_url, file_url } = await links(name);
		expect((await put(upload_url)).status).toBe(status);
		expect((await call(file_url)).status).toBe(404);
	});

	it('for a number of requests', async () => {
		const name = 'sandbox-initiate-503-x2-sandbox-upload-500-x1.png';
		expect((await initiate(name)).status).toBe(503);
		expect((await initiate(name)).status).toBe(503);
		const { upload_url, file_url } = await links(name);
		expect((await put(upload_url)).status).toBe(500);
		expect((await put(upload_url)).status).toBe(200);
		expect((await call(file_url)).status).toBe(200);
	});

	it("and the connection breaks, the response isn't JSON, or nothing arrives", async () => {
		await expect(put((await links('sandbox-upload-reset.png')).upload_url)).rejects.toThrow();
		expect((await initiate('sandbox-initiate-html.png')).json).toBeUndefined();
		expect((await initiate('sandbox-initiate-other-json.png')).json).not.toHaveProperty('file_url');
		const signal = AbortSignal.timeout(100);
		const { upload_url } = await links('sandbox-upload-hang.png');
		await expect(request(upload_url, { method: 'PUT', body: PICTURE, signal })).rejects.toThrow();
	});
});
