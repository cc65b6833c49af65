import type { IHttpRequestOptions } from 'n8n-workflow';
import { Readable } from 'stream';

import { Failure } from '../../nodes/ZImage/errors/failure';
import type { ByteStream } from '../../nodes/ZImage/http/readBody';
import type { TaskPlace } from '../../nodes/ZImage/run/emitImages';
import { emitImages, onlyTask, storeInlineImages } from '../../nodes/ZImage/run/emitImages';
import type { OutputItem } from '../../nodes/ZImage/run/runItems';
import { novita } from '../../nodes/ZImage/providers/novita';
import type {
	ImageFacts,
	ImageReference,
	SucceededTask,
} from '../../nodes/ZImage/providers/provider';
import { imageAt as sourceAt } from '../../nodes/ZImage/providers/shared/imageAt';
import type { FinishedTask, OpenTask, Task } from '../../nodes/ZImage/tasks/task';
import { recordingClock } from '../support/recordingClock';
import { makePicture } from '../support/picture';
import { limits } from '../support/fakeClient';
import { strictContext } from '../support/strictContext';

const png = makePicture('png', 93, 71);
const task: Task = {
	provider: 'novita',
	model: 'z-image-turbo',
	taskId: 'task-1',
	submittedAt: '2026-01-01T00:00:00.000Z',
	prompt: 'a lighthouse',
	seed: 7,
	loras: [],
	estimatedCostUsd: 0.005,
};

const imageAt = (url: string, changes: Partial<ImageFacts> = {}): ImageReference => ({
	...sourceAt(url),
	width: 1024,
	height: 1024,
	nsfw: null,
	expiresInSeconds: 3600,
	...changes,
});
const done = (...images: ImageReference[]): SucceededTask => ({
	status: 'succeeded',
	images,
	seed: 158881667,
	prompt: null,
});

interface Setting {
	readonly place?: TaskPlace;
	/** Called for each file. Returns the store's error, if any. */
	readonly storeFault?: () => Error | undefined;
}

/** A host that has some of the images. n8n's store may fail. */
function setUp({ storeFault }: Setting) {
	const context = strictContext({
		helpers: {
			async httpRequest({ url }: IHttpRequestOptions) {
				const found = url.includes('/there/');
				return {
					statusCode: found ? 200 : 404,
					headers: {},
					body: Readable.from(found ? [png] : []),
				};
			},
			async prepareBinaryData(data: Buffer | ByteStream, fileName: string, mimeType: string) {
				const fault = storeFault?.();
				if (fault) throw fault;
				if (!Buffer.isBuffer(data)) throw new Error('Not expected');
				return { data: '', fileName, mimeType };
			},
		},
	});
	const client = { provider: novita, baseUrl: novita.defaultBaseUrl, clock: recordingClock() };
	const output = {
		binaryPropertyName: 'image',
		fileName: undefined,
		timeoutSeconds: 300,
		downloadsWeights: false,
	};
	return { context, client: client as never, output };
}

async function emit(result: FinishedTask, { place = onlyTask, ...setting }: Setting = {}) {
	const { context, client, output } = setUp(setting);
	return await emitImages(context, client, task, result, place, output, limits());
}

/** Stores the images of a response. Returns what the ledger then keeps. */
async function storeInline(state: OpenTask, setting: Setting = {}, signal = limits().signal) {
	const { context, client, output } = setUp(setting);
	const { place = onlyTask } = setting;
	return await storeInlineImages(context, client, { task, state }, place, output, {
		...limits(),
		signal,
	});
}

const known = (url: string, imageIndex: number, imageCount: number) => ({
	provider: 'novita',
	model: 'z-image-turbo',
	taskId: 'task-1',
	status: 'succeeded',
	prompt: 'a lighthouse',
	seed: 158881667,
	imageIndex,
	imageCount,
	url,
	width: 1024,
	height: 1024,
	contentType: null,
	nsfw: null,
	expiresAt: '2026-01-01T01:00:00.000Z',
	loras: [],
	estimatedCostUsd: 0.005,
});
const emitted = (url: string, imageIndex: number, imageCount: number) => ({
	json: { ...known(url, imageIndex, imageCount), width: 93, height: 71, contentType: 'image/png' },
	binary: {
		image: {
			data: '',
			fileName: `a-lighthouse-158881667${imageCount > 1 ? `-${imageIndex + 1}` : ''}.png`,
			mimeType: 'image/png',
		},
	},
});
const urls = ['https://a.example/there/1', 'https://a.example/gone/2', 'https://a.example/there/3'];

it('has one item for each image, with its file', async () => {
	const url = 'https://a.example/there/1';
	expect(await emit(done(imageAt(url)))).toStrictEqual([emitted(url, 0, 1)]);
});

it('counts images over the tasks of an item', async () => {
	const url = 'https://a.example/there/1';
	const place = { taskIndex: 2, taskCount: 4 };
	const { json, binary } = emitted(url, 2, 4);
	// Each task has its own seed, so the names differ.
	const image = { ...binary.image, fileName: 'a-lighthouse-158881667.png' };
	expect(await emit(done(imageAt(url)), { place })).toStrictEqual([{ json, binary: { image } }]);
});

it('has the failure in place of an unavailable image, and the other images', async () => {
	const outputs = await emit(done(...urls.map((url) => imageAt(url))));
	expect(outputs).toStrictEqual([
		emitted(urls[0] ?? '', 0, 3),
		{ failure: new Failure('The image could not be downloaded (HTTP 404)') },
		emitted(urls[2] ?? '', 2, 3),
	]);
	expect(outputs[1]).toMatchObject({
		failure: {
			details: {
				description:
					'The image was generated and may have been charged. Get Task Result can fetch it. Image URL: https://a.example/gone/2 (until 2026-01-01T01:00:00.000Z)',
				task: known(urls[1] ?? '', 1, 3),
			},
		},
	});
});

it('returns the task whatever goes wrong', async () => {
	const storeFault = () => new Error('No space left on the disk');
	const outputs = await emit(done(imageAt('https://a.example/there/1')), { storeFault });
	const message = 'n8n could not store the image file: No space left on the disk';
	expect(outputs).toStrictEqual([{ failure: new Failure(message) }]);
	expect(outputs).toMatchObject([
		{ failure: { details: { task: known('https://a.example/there/1', 0, 1) } } },
	]);
});

it('does not lose an image because of an invalid lifetime of its URL', async () => {
	const [first, second] = urls.map((url) => imageAt(url));
	const image = imageAt('https://a.example/there/9', { expiresInSeconds: 99_999_999_999_999 });
	const outputs = await emit(done(first ?? image, second ?? image, image)).catch(
		(error: unknown) => error,
	);
	expect(outputs).toHaveLength(3);
	expect((outputs as OutputItem[])[2]?.json).toMatchObject({ contentType: 'image/png' });
});

it("has no bytes in an item's json", async () => {
	const url = `data:image/png;base64,${png.toString('base64')}`;
	const [output] = await emit(done(imageAt(url)));
	expect((output as OutputItem).json).toMatchObject({ url: null, contentType: 'image/png' });
	expect(JSON.stringify(output)).not.toContain('base64');
});

describe('images in the response itself', () => {
	const inline = () => imageAt(`data:image/png;base64,${png.toString('base64')}`);
	const byUrl = imageAt('https://a.example/there/1');

	it('are stored once, and output from there', async () => {
		const { state } = await storeInline(done(inline(), byUrl, inline()));
		expect(JSON.stringify(state)).not.toContain('base64');
		// The output doesn't depend on n8n's store any more.
		const outputs = await emit(state as FinishedTask);
		expect(outputs.map((output) => ('binary' in output ? output.binary : output))).toStrictEqual(
			[0, 1, 2].map((index) => emitted('', index, 3).binary),
		);
		expect(outputs).toMatchObject([
			{ json: { url: null, width: 93, height: 71, contentType: 'image/png' } },
			{ json: { url: 'https://a.example/there/1' } },
			{ json: { imageIndex: 2, imageCount: 3 } },
		]);
	});

	it("that can't be stored are reported as charged in each attempt, and the others are output", async () => {
		const broken = imageAt('data:image/png;base64,AAAA');
		const { state } = await storeInline(done(broken, inline()));
		for (let attempt = 1; attempt <= 2; attempt++) {
			const outputs = await emit(state as FinishedTask);
			expect(outputs).toMatchObject([
				{
					failure: {
						message: expect.stringContaining('is not a PNG, JPEG or WebP image') as unknown,
						details: {
							description: expect.stringContaining('generated and charged') as unknown,
							task: { taskId: 'task-1', imageIndex: 0 },
						},
					},
				},
				{ json: { imageIndex: 1 } },
			]);
		}
	});

	it('without a store are lost, and the error says why', async () => {
		const storeFault = () => new Error('No space left on the disk');
		const { state } = await storeInline(done(inline()), { storeFault });
		expect(state).toMatchObject({
			images: [{ lost: 'n8n could not store the image file: No space left on the disk' }],
		});
	});

	it('are stored although the run ends while the store is unavailable', async () => {
		const end = new AbortController();
		const storeFault = () => {
			const isFirst = !end.signal.aborted;
			end.abort();
			return isFirst ? new Error('The database is away') : undefined;
		};
		const { state } = await storeInline(done(inline()), { storeFault }, end.signal);
		expect(state).toMatchObject({ images: [{ stored: { binary: { mimeType: 'image/png' } } }] });
	});

	it("of a task that is still running don't exist", async () => {
		const state: OpenTask = { status: 'pending', queued: true };
		expect(await storeInline(state)).toStrictEqual({ task, state });
	});
});
