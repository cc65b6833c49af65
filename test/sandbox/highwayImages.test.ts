import type { V3Body } from './bodies';
import { authorization, call, useSandbox } from './http';
import { dataUri, distance, halves, pixelsOf, sha256, type Rgb } from './images';
import { like } from './like';

const sandbox = useSandbox();
const SOURCE = halves(300, 300, 'red', 'blue');
const MASK = halves(300, 300, 'black', 'white');
const RED: Rgb = [255, 0, 0];
const BODY = { prompt: 'a cat', seed: 3, size: '300*300', output_format: 'png' };
const IMAGE = { image_url: dataUri(SOURCE) };

async function resultOf(body: object): Promise<V3Body> {
	const url = `${sandbox.current.urls.highway}/v3/async`;
	const key = authorization(sandbox.current).highway;
	const { json } = await call<V3Body>(`${url}/z-image-turbo-lora`, {
		key,
		body: { ...BODY, ...body },
	});
	return (await call<V3Body>(`${url}/task-result?task_id=${json.task_id}`, { key })).json;
}
const draw = async (body: object) =>
	await pixelsOf((await call((await resultOf(body)).images[0].image_url)).bytes);

it('draws over the source according to strength', async () => {
	const [kept, changed] = [
		await draw({ ...IMAGE, strength: 0 }),
		await draw({ ...IMAGE, strength: 1 }),
	];
	expect(kept.at(20, 20)).toEqual(RED);
	expect(distance(changed.at(20, 20), RED)).toBeGreaterThan(30);
});

it('draws only where the mask is white', async () => {
	const { at } = await draw({ ...IMAGE, mask: dataUri(MASK) });
	const rows = Array.from({ length: 60 }, (_item, index) => index * 5);
	expect(rows.every((y) => distance(at(100, y), RED) === 0)).toBe(true);
	expect(rows.some((y) => distance(at(200, y), [0, 0, 255]) > 30)).toBe(true);
});

it('records what it read, from a URL or a data URI', async () => {
	const first = await resultOf({ seed: 9 });
	await resultOf({ image_url: first.images[0].image_url, mask: dataUri(MASK) });
	expect(sandbox.current.tasks).toMatchObject([
		{ provider: 'highway', image: null, mask: null },
		{
			image: { field: 'image_url', from: 'url', width: 300, height: 300 },
			mask: { field: 'mask', from: 'data', bytes: MASK.length, sha256: sha256(MASK) },
		},
	]);
});

it('returns the image as base64, too', async () => {
	const { images } = await resultOf({ ...IMAGE, strength: 0, enable_base64_output: true });
	const { at } = await pixelsOf(Buffer.from(images[0].image_url, 'base64'));
	expect(at(20, 20)).toEqual(RED);
});

it.each([
	['https://example.com/cat.png', 'image_url could not be downloaded'],
	[dataUri(Buffer.from('no image')), 'image_url is not an image'],
	['data:text/plain;base64,eA==', 'image_url is not a supported data URL'],
])('fails if %s is not an available image', async (image_url, reason) => {
	expect(await resultOf({ image_url })).toMatchObject({
		task: { status: 'TASK_STATUS_FAILED', reason },
		images: [],
	});
});

it('accepts a presigned link only with its signature', async () => {
	const { images } = await resultOf({});
	const unsigned = images[0].image_url.replace(/\?.*/, '');
	expect((await resultOf({ image_url: unsigned })).task).toEqual(
		like.object({ status: 'TASK_STATUS_FAILED' }),
	);
});
