import type { FalBody } from './bodies';
import { authorization, call, useSandbox } from './http';
import { halves } from './images';

const sandbox = useSandbox({
	taskSeconds: 0,
	publicUrls: { fal: 'https://queue.fal.run', files: 'https://v3.fal.media' },
});

const key = () => authorization(sandbox.current).fal;
const here = (link: string) =>
	link
		.replace('https://queue.fal.run', sandbox.current.urls.fal)
		.replace('https://v3.fal.media', sandbox.current.urls.files);
const post = (path: string, body: object) =>
	call<FalBody>(sandbox.current.urls.fal + path, { key: key(), body });

it("links lead to the providers' names, and the ports stay", async () => {
	const { json } = await post('/fal-ai/z-image/turbo', { prompt: 'a cat', image_size: 'square' });
	expect(json.status_url).toMatch(/^https:\/\/queue\.fal\.run\/fal-ai\/z-image\/requests\//);
	const result = await call<FalBody>(here(json.response_url), { key: key() });
	const [{ url }] = result.json.images;
	expect(url).toMatch(/^https:\/\/v3\.fal\.media\/files\//);
	expect((await call(here(url))).headers['content-type']).toBe('image/png');
	expect(sandbox.current.urls.fal).toMatch(/^http:\/\/127\.0\.0\.1:/);
});

it('an image under such a name is read, but not under a similar name', async () => {
	const upload = await call<{ upload_url: string; file_url: string }>(
		`${sandbox.current.urls.fal}/storage/upload/initiate`,
		{ key: key(), body: { file_name: 'cat.png', content_type: 'image/png' } },
	);
	await fetch(here(upload.json.upload_url), {
		method: 'PUT',
		body: new Uint8Array(halves(96, 64, 'red', 'blue')),
	});
	const statusFor = async (image_url: string) => {
		const { json } = await post('/fal-ai/z-image/turbo/image-to-image', { prompt: 'x', image_url });
		return (await call(here(json.response_url), { key: key() })).status;
	};
	expect(await statusFor(upload.json.file_url)).toBe(200);
	expect(await statusFor(upload.json.file_url.replace('.media', '.media.example'))).toBe(422);
});
