import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import { Failure } from '../../nodes/ZImage/errors/failure';
import { imageAtUrl, imageInBinary } from '../../nodes/ZImage/images/sourceImage';
import { fal } from '../../nodes/ZImage/providers/fal';
import { highway } from '../../nodes/ZImage/providers/highway';
import type { Provider } from '../../nodes/ZImage/providers/provider';
import { startMs } from '../support/recordingClock';
import { failureOf } from '../support/failureOf';
import { makePicture } from '../support/picture';
import { contextWithFiles, inMemory, sha256 } from '../support/files';
import { fakeUploads, place } from '../support/uploads';

const limits = { deadline: startMs + 300_000, signal: new AbortController().signal };
const mebibyte = 1024 * 1024;

/** A real image, padded after its end up to a size. */
function pictureOf(size: number): Buffer {
	const picture = makePicture('png', 93, 71);
	return Buffer.concat([picture, Buffer.alloc(size - picture.length)]);
}

describe('an image on the web', () => {
	it.each([
		'https://a.example/b.png',
		'http://a.example/b.png?c=d#e',
		'HTTPS://A.EXAMPLE/B.PNG',
		'https://a.example:8443/b',
	])('%s is passed on unchanged', async (url) => {
		const image = imageAtUrl(url, 'source image');
		expect(image).toMatchObject({ reference: url, width: null, height: null, isGuess: false });
		expect(await image.toUrl(fakeUploads().client, limits)).toBe(url);
	});

	it.each([
		[' https://a.example/b.png\n', 'https://a.example/b.png'],
		['\ufeffhttps://a.example/b.png', 'https://a.example/b.png'],
		['https://a.example/my photo.png', 'https://a.example/my%20photo.png'],
		['https://a.example/my\nphoto.png?a=b c', 'https://a.example/myphoto.png?a=b%20c'],
	])('%j is passed on as %j', async (url, expected) => {
		const image = imageAtUrl(url, 'source image');
		expect(image.reference).toBe(expected);
		expect(await image.toUrl(fakeUploads().client, limits)).toBe(expected);
	});

	it.each(['https://me:s3cret@a.example/b.png', 'http://s3cret@a.example/b.png'])(
		'%s would reveal a password',
		(url) => {
			const failure = failureOf(() => imageAtUrl(url, 'mask'));
			expect(failure).toMatchObject({
				message: 'The URL of the mask has a user name or password',
				details: { description: expect.stringContaining('pre-signed') as unknown },
			});
			expect(failure.message + failure.details.description).not.toContain('s3cret');
		},
	);

	it.each(['user:secret@a.example/b', 'https://user:secret@', 'ftp:user:secret@a.example'])(
		'%j is refused, and not repeated',
		(url) => {
			const { message, details } = failureOf(() => imageAtUrl(url, 'mask'));
			expect(message).toMatch(
				/^The URL of the mask (must start with .* \(got "…@|has a user name)/,
			);
			expect(JSON.stringify([message, details])).not.toContain('secret');
		},
	);

	it.each([
		'',
		'a.example/b.png',
		'//a.example/b.png',
		'file:///etc/passwd',
		'data:image/png;base64,AA==',
		'ftp://a.example/b.png',
		'javascript:alert(1)',
		'={{ $json.url }}',
		'undefined',
	])('%j is refused', (url) => {
		expect(failureOf(() => imageAtUrl(url, 'mask'))).toMatchObject({
			message: `The URL of the mask must start with http:// or https:// (got ${JSON.stringify(url)})`,
			details: {
				description:
					'Nothing was sent. The provider downloads the image, so the URL must be public. To use a file from the workflow, choose Binary File.',
			},
		});
	});
});

describe("an image among an item's files", () => {
	/** The image, and what is needed to send it. */
	async function pictureIn(
		provider: Provider,
		file: IBinaryData,
		bytes: Buffer,
		fileSize?: number,
		uploads = fakeUploads(),
	) {
		const { context, asked } = contextWithFiles([{ data: file }], {
			a: { bytes, ...(fileSize !== undefined && { fileSize }) },
		});
		const { httpRequest } = uploads;
		const helpers = new Proxy(context.helpers, {
			get: (target, name) =>
				name === 'httpRequest' ? httpRequest : (Reflect.get(target, name) as unknown),
		});
		const whole = { getInputData: () => context.getInputData(), helpers };
		if (!provider.files) throw new Error(`${provider.id} takes no files`);
		const image = await imageInBinary(
			whole as unknown as IExecuteFunctions,
			provider,
			provider.files,
			{ data: file },
			'data',
			'source image',
		);
		return { image, uploads, asked };
	}

	const inStore: IBinaryData = { id: 'a', data: 'filesystem-v2', mimeType: 'image/png' };

	it.each([
		['fal', fal, false],
		['highway', highway, true],
	])('%s receives a small one inline', async (_, provider, isGuess) => {
		const bytes = makePicture('jpeg', 93, 71);
		const dataUri = `data:image/jpeg;base64,${bytes.toString('base64')}`;
		// n8n calls it PNG, but its bytes say otherwise.
		for (const file of [inMemory(bytes), inStore]) {
			const { image, uploads } = await pictureIn(provider, file, bytes);
			expect(image).toMatchObject({ width: 93, height: 71, isGuess });
			expect(image.reference).toBe(file === inStore ? 'binary:a' : `binary:${sha256(file.data)}`);
			expect(await image.toUrl(uploads.client, limits)).toBe(dataUri);
			expect([uploads.calls, uploads.puts]).toStrictEqual([[], []]);
		}
	});

	it.each([
		[256 * 1024, 'inside'],
		[256 * 1024 + 1, 'uploaded'],
	])('fal: one of %i bytes is %s', async (size, way) => {
		const bytes = pictureOf(size);
		const { image, uploads } = await pictureIn(fal, inMemory(bytes), bytes);
		const url = await image.toUrl(uploads.client, limits);
		if (way === 'inside') {
			expect(url).toBe(`data:image/png;base64,${bytes.toString('base64')}`);
			expect(uploads.puts).toHaveLength(0);
		} else {
			expect(url).toBe(place.file_url);
			expect(uploads.puts.map((put) => sha256(put.bytes))).toStrictEqual([sha256(bytes)]);
			expect(uploads.calls.map(({ call }) => call.body)).toStrictEqual([
				{ content_type: 'image/png', file_name: 'data.png' },
			]);
		}
	});

	it('fal: is uploaded once for any number of tasks, as a stream', async () => {
		const bytes = pictureOf(300_000);
		const { image, uploads, asked } = await pictureIn(fal, inStore, bytes);
		const urls = await Promise.all(
			Array.from({ length: 4 }, async () => await image.toUrl(uploads.client, limits)),
		);
		expect(urls).toStrictEqual(Array.from({ length: 4 }, () => place.file_url));
		expect(await image.toUrl(uploads.client, limits)).toBe(place.file_url);
		expect(uploads.calls).toHaveLength(1);
		expect(uploads.puts.map((put) => sha256(put.bytes))).toStrictEqual([sha256(bytes)]);
		expect(asked).toStrictEqual(['metadata a', 'stream a', 'stream a']);
	});

	it('fal: an upload that fails for one item is repeated for the others that wait for it', async () => {
		const bytes = pictureOf(300_000);
		const uploads = fakeUploads([], [{ statusCode: 403 }]);
		const pictures = await Promise.all(
			[1, 2, 3].map(async () => await pictureIn(fal, inStore, bytes, undefined, uploads)),
		);
		const results = await Promise.allSettled(
			pictures.map(async ({ image }) => await image.toUrl(uploads.client, limits)),
		);
		expect(results.map(({ status }) => status)).toStrictEqual([
			'rejected',
			'fulfilled',
			'fulfilled',
		]);
		expect(uploads.puts).toHaveLength(2);
	});

	it('highway: a large one is sent inline, too', async () => {
		const bytes = pictureOf(2 * mebibyte);
		const { image, uploads } = await pictureIn(highway, inStore, bytes);
		const url = await image.toUrl(uploads.client, limits);
		expect(url).toBe(`data:image/png;base64,${bytes.toString('base64')}`);
		expect(uploads.calls).toHaveLength(0);
	});

	it.each([
		{ provider: fal, most: 50 },
		{ provider: highway, most: 10 },
	])('$provider.id accepts at most $most MiB', async ({ provider, most }) => {
		const bytes = makePicture('png', 93, 71);
		await pictureIn(provider, inStore, bytes, most * mebibyte);
		await expect(pictureIn(provider, inStore, bytes, (most + 0.5) * mebibyte)).rejects.toThrow(
			new Failure(
				`The source image has ${most}.5 MiB, but ${provider.displayName} takes at most ${most} MiB`,
			),
		);
		await expect(pictureIn(provider, inStore, bytes, most * mebibyte + 1)).rejects.toMatchObject({
			details: {
				description: 'Nothing was sent. Make the image smaller, or provide it as a URL.',
			},
		});
	});
});
