import type { ImageRequest } from '../../nodes/ZImage/providers/provider';
import { sdcpp } from '../../nodes/ZImage/providers/sdcpp';
import { imageRequest } from '../support/request';

const image = 'data:image/png;base64,iVBORw0KGgo=';
const mask = 'data:image/png;base64,iVBORw0KGgp=';

/** The fields of every request: the values that Z-Image Turbo needs. */
const least = {
	prompt: 'a lighthouse',
	width: 1024,
	height: 1024,
	seed: 7,
	sample_params: { sample_steps: 8, guidance: { txt_cfg: 1 } },
};

it.each<[Partial<ImageRequest>, object]>([
	[{}, {}],
	[
		{ width: 64, height: 4096, seed: 0 },
		{ width: 64, height: 4096, seed: 0 },
	],
	[
		{ options: { steps: 28, guidanceScale: 5, negativePrompt: 'text', outputFormat: 'webp' } },
		{
			sample_params: { sample_steps: 28, guidance: { txt_cfg: 5 } },
			negative_prompt: 'text',
			output_format: 'webp',
		},
	],
	[
		{ options: { guidanceScale: 0 } },
		{ sample_params: { sample_steps: 8, guidance: { txt_cfg: 0 } } },
	],
	[
		{
			loras: [
				{ path: 'styles/pencil.safetensors', scale: 0.8, trigger: 'pencil' },
				{ path: 'pixel.gguf', scale: 0 },
			],
		},
		{
			lora: [
				{ path: 'styles/pencil.safetensors', multiplier: 0.8 },
				{ path: 'pixel.gguf', multiplier: 0 },
			],
		},
	],
	[{ operation: 'imageToImage', image }, { init_image: image }],
	[
		{ operation: 'imageToImage', image, options: { strength: 0 } },
		{ init_image: image, strength: 0 },
	],
	[
		{
			operation: 'inpaint',
			image,
			mask,
			options: { strength: 1 },
			loras: [{ path: 'a', scale: 1 }],
		},
		{ init_image: image, mask_image: mask, strength: 1, lora: [{ path: 'a', multiplier: 1 }] },
	],
])('sdcpp receives %j', (changes, expected) => {
	expect(sdcpp.submit(imageRequest({ seed: 7, ...changes }))).toStrictEqual({
		method: 'POST',
		path: '/sdcpp/v1/img_gen',
		model: 'img_gen',
		body: { ...least, ...expected },
	});
});

it.each([
	[0, 0],
	[0.5, 1_073_741_824],
	[0.999_999_999_9, 2_147_483_647],
])('sdcpp: the random number %d gives the seed %d', (random, seed) => {
	expect(sdcpp.drawSeed(random)).toBe(seed);
});

it.each([
	['job_01HTXYZABC', 'job_01HTXYZABC'],
	['../../v1/models', '..%2F..%2Fv1%2Fmodels'],
	['a?b#c', 'a%3Fb%23c'],
])('sdcpp is asked for the job %s', (taskId, escaped) => {
	const { status, cancel } = sdcpp.tasks;
	expect([status(taskId), cancel(taskId)]).toStrictEqual([
		{ method: 'GET', path: `/sdcpp/v1/jobs/${escaped}`, holdsImages: true },
		{ method: 'POST', path: `/sdcpp/v1/jobs/${escaped}/cancel` },
	]);
});

it('sdcpp returns the job that a response is about', () => {
	const { namedTask } = sdcpp.tasks;
	const headers = {};
	expect(namedTask({ statusCode: 200, headers, body: { id: 'job_1', status: 'queued' } })).toBe(
		'job_1',
	);
	expect(namedTask({ statusCode: 404, headers, body: { error: 'job not found' } })).toBeUndefined();
});
