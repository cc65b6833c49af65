import type { IDataObject } from 'n8n-workflow';

import { makeHole, makeNoise, makePicture } from '../support/picture';
import { inBinaryMode } from '../support/runWorkflow';
import { makeSafetensors } from '../support/safetensors';
import type { Provoker, Seen } from './provoked';

const boat = makePicture('png', 64, 48);
const jpegMask = makePicture('jpeg', 64, 48);
const smallMask = makePicture('png', 32, 32);
/** Too large to send inline in a request to fal. */
const large = makeNoise('png', 400, 300);
const text = Buffer.from('%PDF-1.7');
const weights = makeSafetensors();

const inpaint = { operation: 'inpaint' };
const change = { operation: 'imageToImage' };
const loras = (...rows: object[]) => ({ loras: { lora: rows } }) as unknown as IDataObject;
const loraFile = loras({ path: { __rl: true, mode: 'binary', value: 'lora' }, scale: 1 });
const header = (headerName: string, headerValue: string) => ({
	authentication: 'header',
	headerName,
	headerValue,
});
const callingBack = (callbackUrl: string) => ({ mode: 'submit', options: { callbackUrl } });
const zip = { imagesSource: 'zipUrl' };
const soon = { options: { timeoutSeconds: 20 } };

/** One way to trigger a message. */
export type Way = (at: Provoker) => Promise<Seen>;

/** Every message in docs/troubleshooting.md, and how to trigger it. */
export const messages: Readonly<Record<string, readonly Way[]>> = {
	// Trainings.
	'Max Cost (USD) is required when an AI agent uses this node as a tool': [
		(at) => at.train({}, { type: 'zImageTrainLoraTool', step: { onError: 'stopWorkflow' } }),
	],
	"… doesn't train LoRAs": [(at) => at.train({ provider: 'novita' })],
	'Zip URL is empty': [(at) => at.train({ ...zip, zipUrl: '={{ "" }}' })],
	'Zip URL must start with http:// or https:// (got …)': [
		(at) => at.train({ ...zip, zipUrl: 'images.zip' }),
	],
	'Zip URL has a user name or password': [
		(at) => at.train({ ...zip, zipUrl: 'https://a:b@example.com/images.zip' }),
	],
	'… could not train the LoRA: …': [
		(at) => at.train({ ...zip, zipUrl: 'https://example.com/images.zip', mode: 'wait' }),
	],
	'The weights could not be downloaded: …': [
		(at) =>
			at.train(
				{
					triggerWord: 'ohwx [sandbox:download=404]',
					mode: 'wait',
					options: { downloadWeights: true },
				},
				{ files: { data: boat } },
			),
	],

	// Nothing was sent.
	'Prompt is empty': [(at) => at.generate({ prompt: '={{ $json.nothing }}' })],
	'Prompt must have at most … characters on … (got …)': [
		(at) => at.generate({ provider: 'aimlapi', prompt: 'x'.repeat(4001) }),
	],
	'Size must be width x height, such as 1024x768 (got "…")': [
		(at) => at.generate({ size: 'large' }),
	],
	'… must be … between … and … on … (got …)': [
		(at) => at.generate({ provider: 'novita', size: '255x1024' }),
		(at) => at.generate({ provider: 'aimlapi', size: '1000x512' }),
		(at) => at.generate({ provider: 'aimlapi', options: { seed: 0 } }),
		(at) => at.generate({ options: { steps: 9 } }),
		(at) => at.generate({ ...change, options: { strength: 2 } }, { files: { data: boat } }),
	],
	'The image must have at most … megapixels on … (got …)': [
		(at) => at.generate({ size: '2048x2049' }),
	],
	'… must be between … and … (got …)': [
		(at) => at.generate({ numberOfImages: 5 }),
		(at) => at.generate({ options: { timeoutSeconds: 0 } }),
		(at) => at.generate({ options: { maxConcurrency: 1000 } }),
	],
	'… must be text (got …)': [(at) => at.generate({ prompt: '={{ [] }}' })],
	'The input item has no field …, which is set as Prompt Field': [
		(at) =>
			at.applyPreset({
				presets: { preset: [{ name: 'pencilSketch', scale: 0 }] },
				promptField: 'text',
			}),
	],
	'Max Cost (USD) is empty': [(at) => at.generate({ options: { maxCostUsd: '={{ null }}' } })],
	'… must be a whole number (got …)': [(at) => at.generate({ numberOfImages: 1.5 })],
	'… must be a number (got …)': [(at) => at.generate({ options: { seed: 'lucky' } })],
	'… must be one of: … (got …)': [(at) => at.generate({ options: { outputFormat: 'gif' } })],
	'… must be true or false (got …)': [
		(at) => at.generate({ options: { enableSafetyChecker: 'maybe' } }),
	],
	"… doesn't support …. Providers that do: …": [
		(at) => at.generate({ provider: 'novita', ...inpaint }, { files: { data: boat, mask: boat } }),
		(at) =>
			at.generate({ provider: 'highway', operation: 'controlNet' }, { files: { data: boat } }),
	],
	"AI/ML API doesn't support Submit mode": [
		(at) => at.generate({ provider: 'aimlapi', mode: 'submit' }),
	],
	'Max Cost (USD) is …, but this request would bring the total to … USD': [
		(at) => at.generate({ options: { maxCostUsd: 0.001 } }),
	],
	'Max Cost (USD) is …, but the cost of this request is unknown': [
		(at) => at.generate({ provider: 'novita', options: { maxCostUsd: 1 } }),
		(at) => at.generate({ model: 'base', options: { maxCostUsd: 1 } }),
	],
	'The input item has no file in the binary field "…" for the …': [
		(at) => at.generate(change),
		(at) => at.generate(inpaint, { files: { data: boat } }),
	],
	'The … is not a PNG, JPEG or WebP image: content type of "…": …': [
		(at) => at.generate(change, { files: { data: text } }),
	],
	'The … has … MiB, but … takes at most … MiB': [
		(at) =>
			at.generate(
				{ provider: 'highway', ...change },
				{ files: { data: Buffer.concat([boat, Buffer.alloc(10 * 1024 * 1024)]) } },
			),
	],
	'The mask has a transparent part and no white one: nothing would be repainted': [
		(at) => at.generate(inpaint, { files: { data: boat, mask: makeHole(64, 48) } }),
	],
	'The mask must have the size of the source image, … pixels (got …)': [
		(at) => at.generate(inpaint, { files: { data: boat, mask: smallMask } }),
	],
	'The URL of the … has a user name or password': [
		(at) =>
			at.generate({ ...change, imageSource: 'url', imageUrl: 'https://me:pw@a.example/b.png' }),
	],
	"… doesn't accept a URL for the …": [
		(at) =>
			at.generate({
				provider: 'sdcpp',
				...change,
				imageSource: 'url',
				imageUrl: 'https://a.example/b.png',
			}),
	],
	'The URL of the … must start with http:// or https:// (got …)': [
		(at) => at.generate({ ...change, imageSource: 'url', imageUrl: 'boat.png' }),
	],
	"… can't load a LoRA from a binary field": [
		(at) => at.generate({ provider: 'replicate', ...loraFile }, { files: { lora: weights } }),
	],
	"… can't receive LoRA files from a binary field": [
		(at) => at.generate({ provider: 'sdcpp', ...loraFile }, { files: { lora: weights } }),
	],
	'The LoRA file "…" is not a complete .safetensors file: …': [
		(at) => at.generate(loraFile, { files: { lora: text } }),
		(at) => at.generate(loraFile, { files: { lora: weights.subarray(0, -1) } }),
	],
	'The LoRA file "…" must have at most … MiB on … (got … MiB)': [
		async (at) =>
			await inBinaryMode('filesystem-v2', async () => {
				const files = { lora: Buffer.alloc(201 * 1024 * 1024) };
				return await at.generate({ provider: 'wavespeed', ...loraFile }, { files });
			}),
	],
	'… accepts at most 3 LoRAs (got …). Remove: …': [
		(at) => at.generate(loras(...['a/1', 'a/2', 'a/3', 'a/4'].map((path) => ({ path, scale: 1 })))),
	],
	'… must be the name of a file on your server, not a URL': [
		(at) =>
			at.generate({
				provider: 'sdcpp',
				...loras({ path: 'https://example.com/a.safetensors', scale: 1 }),
			}),
	],
	'The scale of … must be between 0 and 4 (got …)': [
		(at) => at.generate(loras({ path: 'a/b', scale: 4.5 })),
	],
	"… doesn't accept LoRAs…. Remove: …": [
		(at) =>
			at.generate(
				{ provider: 'wavespeed', ...inpaint, loras: { lora: [{ path: 'a/b' }] } },
				{ files: { data: boat, mask: boat } },
			),
	],
	'… must be a link to a file on this provider (got …)': [
		(at) => at.generate({ provider: 'replicate', loras: { lora: [{ path: 'owner/name' }] } }),
	],
	'… must have a path (got …)': [
		(at) => at.generate(loras({ path: '={{ $json.nothing }}', scale: 1 })),
	],
	'… must be a list of LoRAs (got …)': [(at) => at.generate({}, { item: { loras: 'a/b' } })],
	'… must be the link to a LoRA file (got a Civitai page)': [
		(at) => at.generate(loras({ path: 'https://civitai.com/models/123/boats', scale: 1 })),
	],
	'… must be owner/name or owner/name/file for By ID (got …)': [
		(at) =>
			at.generate(loras({ path: { __rl: true, mode: 'id', value: '={{ "boats" }}' }, scale: 1 })),
	],
	'… must be a URL for By URL (got …)': [
		(at) =>
			at.generate(loras({ path: { __rl: true, mode: 'url', value: '={{ "a/b" }}' }, scale: 1 })),
	],
	'… must start with https:// (got http://)': [
		(at) => at.generate(loras({ path: 'http://example.com/a.safetensors', scale: 1 })),
	],
	'… must not contain a user name or password': [
		(at) => at.generate(loras({ path: 'https://me:secret@example.com/a.safetensors', scale: 1 })),
	],
	'… is not a complete URL': [(at) => at.generate(loras({ path: 'https://', scale: 1 }))],
	'No LoRAs chosen': [(at) => at.applyPreset({})],
	'Preset "…" is not known': [
		(at) => at.applyPreset({ presets: { preset: [{ name: 'nothing', scale: 0 }] } }),
	],
	'LoRAs per Item must be at most …, the number of LoRAs to draw from (got …)': [
		(at) =>
			at.applyPreset({
				presets: { preset: [{ name: 'animeZ', scale: 0 }] },
				combine: 'random',
				randomCount: 2,
			}),
	],
	'The … of the credential must be an http or https URL': [
		(at) => at.generate({}, { credential: { baseUrl: 'queue.fal.run' } }),
		(at) => at.generate({}, { credential: { storageUrl: 'rest.fal.ai' } }),
	],
	'The … of the credential must not have a user name, a password, a query or a fragment': [
		(at) => at.generate({}, { credential: { baseUrl: 'https://queue.fal.run/?key=secret' } }),
	],
	'The API Key of the credential has an invalid character, such as a line break or an emoji': [
		(at) => at.generate({}, { credential: { apiKey: 'FAL_KEY=a:b\nNOVITA_KEY=c' } }),
	],
	'The Header Name of the credential is not a valid header name': [
		(at) => at.generate({ provider: 'sdcpp' }, { credential: header('X Key', 'a') }),
	],
	'The Header Value of the credential is too long or has an invalid character': [
		(at) => at.generate({ provider: 'sdcpp' }, { credential: header('X-Key', 'a\nb') }),
	],
	'… must have at most … characters (got …)': [
		(at) => at.generate({}, { credential: { apiKey: 'a'.repeat(5000) } }),
		(at) => at.generate(loras({ path: 'a'.repeat(9000), scale: 1 })),
		(at) => at.generate(callingBack(`https://a.example/${'a'.repeat(2000)}`)),
		(at) => at.generate(loras({ path: `a/b#trigger=${'a'.repeat(2000)}`, scale: 1 })),
	],
	'The option Workflow (API Format) …': [
		(at) => at.generate({ provider: 'comfyui', options: { workflow: '{"nodes": []}' } }),
		(at) => at.generate({ provider: 'comfyui', options: { workflow: '{}' } }),
	],
	'Callback URL must be a complete https URL (got …)': [
		(at) => at.generate(callingBack('={{ $json.nothing + "" }}')),
	],
	'Callback URL has a user name or password': [
		(at) => at.generate(callingBack('https://me:pw@a.example')),
	],
	'Callback URL must be a public https address that … can call (got …)': [
		(at) =>
			at.generate(callingBack('http://localhost:5678/a'), {
				credential: { baseUrl: 'https://queue.fal.run' },
			}),
		(at) =>
			at.generate(
				{ ...callingBack('http://a.example/a'), provider: 'wavespeed' },
				{ credential: { baseUrl: 'https://api.wavespeed.ai' } },
			),
	],
	'Provider "…" is not known': [(at) => at.generate({ provider: 'another' })],

	// The provider says no.
	'… did not accept the request (HTTP 401): …': [
		(at) => at.generate({}, { credential: { apiKey: 'wrong-key' } }),
		(at) => at.generate({ provider: 'aimlapi' }, { credential: { apiKey: 'wrong-key' } }),
		(at) => at.generate({ provider: 'highway' }, { credential: { apiKey: 'wrong-key' } }),
	],
	'Novita did not accept the request (HTTP 403): … (INVALID_API_KEY)': [
		(at) => at.generate({ provider: 'novita' }, { credential: { apiKey: 'wrong-key' } }),
	],
	'fal did not accept the request (HTTP 403): User is locked. Reason: Exhausted balance. …': [
		(at) => at.steered('fal', '[sandbox:no-money]'),
	],
	'Novita did not accept the request (HTTP 400): … (BILLING_BALANCE_NOT_ENOUGH)': [
		(at) => at.steered('novita', '[sandbox:no-money]'),
	],
	'Highway API did not accept the request (HTTP 403): … (NOT_ENOUGH_BALANCE)': [
		(at) => at.steered('highway', '[sandbox:no-money]'),
	],
	"AI/ML API did not accept the request (HTTP 403): You've run out of credits…": [
		(at) => at.steered('aimlapi', '[sandbox:no-money]'),
	],
	'… kept rate-limiting requests until the timeout (HTTP 429)': [
		(at) => at.steered('novita', '[sandbox:submit=429;retry-after=2]', soon),
	],
	'… did not accept the request (HTTP 429): …': [
		(at) => at.steered('novita', '[sandbox:submit=429;retry-after=600]', soon),
	],
	'… did not accept the request (HTTP 400): … (ILLEGAL_PROMPT)': [
		(at) => at.steered('novita', '[sandbox:moderate]'),
		(at) => at.steered('highway', '[sandbox:moderate]'),
	],
	'… did not accept the request (HTTP 404): …': [
		(at) => at.generate({}, { credential: { baseUrl: `${at.sandbox.urls.fal}/elsewhere` } }),
	],
	'… did not accept the request (HTTP 307): no reason given': [
		(at) => at.steered('aimlapi', '[sandbox:submit=redirect]'),
	],
	'… did not accept the request (HTTP 503): …': [
		(at) => at.steered('highway', '[sandbox:submit=503]'),
	],
	'… cannot be reached (…)': [
		(at) => at.generate({}, { credential: { baseUrl: 'http://127.0.0.1:9' } }),
	],

	// It is unknown whether the task was accepted.
	'The connection to … broke (…) after the request was sent': [
		(at) => at.steered('novita', '[sandbox:submit=reset]'),
		(at) => at.steered('fal', '[sandbox:submit=reset-mid]'),
		(at) => at.steered('aimlapi', '[sandbox:submit=reset]'),
	],
	'… answered the request (HTTP 200), but the response has an unexpected form': [
		(at) => at.steered('fal', '[sandbox:submit=html]'),
		(at) => at.steered('novita', '[sandbox:submit=broken-json]'),
	],
	"… answered the request (HTTP …), but the response doesn't say whether the task was accepted…": [
		(at) => at.steered('novita', '[sandbox:submit=503]'),
		(at) => at.steered('fal', '[sandbox:submit=500]'),
	],
	'… broke (…) after the request was sent in an earlier attempt, so it is not sent again': [
		(at) => at.generate({ prompt: 'a boat [sandbox:submit=reset]' }, { step: { maxTries: 2 } }),
	],

	// The task was accepted.
	'fal could not make the image: … (content_policy_violation)': [
		(at) => at.steered('fal', '[sandbox:moderate]'),
	],
	'… could not make the image: …': [
		(at) => at.steered('fal', '[sandbox:fail=Out of paint]'),
		(at) => at.steered('novita', '[sandbox:fail=Out of paint]'),
		(at) => at.steered('highway', '[sandbox:fail=Out of paint]'),
		(at) => at.fetched('fal', '[sandbox:fail=Out of paint]'),
	],
	'… did not finish the image within …': [
		(at) => at.steered('fal', '[sandbox:never]', soon),
		(at) => at.fetched('novita', '[sandbox:never]', soon),
	],
	'… reports an unknown task status: "…"': [
		(at) => at.steered('fal', '[sandbox:status=unknown-state]'),
	],
	'… could not report the task status (HTTP …): …': [
		(at) => at.steered('novita', '[sandbox:status=401]'),
		(at) => at.steered('highway', '[sandbox:status=500]'),
	],
	'fal did not return the result (HTTP …): …': [(at) => at.steered('fal', '[sandbox:result=401]')],
	'… returned an unexpected response (HTTP 200) …': [
		(at) => at.steered('novita', '[sandbox:status=html]'),
		(at) => at.steered('fal', '[sandbox:result=other-json]'),
	],
	'The connection to … broke (…)': [
		(at) => at.steered('fal', '[sandbox:status=reset]'),
		(at) => at.steered('fal', '[sandbox:result=reset-mid]'),
	],

	// The image was generated.
	'The image could not be downloaded (HTTP 404)': [
		(at) => at.steered('fal', '[sandbox:download=404]'),
		(at) => at.fetched('novita', '[sandbox:download=404]'),
	],
	'The image could not be downloaded (…)': [
		(at) => at.steered('fal', '[sandbox:download=503]'),
		(at) => at.steered('novita', '[sandbox:download=truncated]'),
		(at) => at.steered('highway', '[sandbox:download=reset]'),
	],
	"The provider's file is not a PNG, JPEG or WebP image (content type: …)": [
		(at) => at.steered('fal', '[sandbox:download=html]'),
	],
	'The image is larger than 64 MiB and was not downloaded': [
		(at) => at.steered('fal', '[sandbox:download=oversized=67108865]'),
	],

	// Get Task Result.
	'Task ID is empty': [(at) => at.getTaskResult({})],
	'"…" is not a valid task ID': [(at) => at.getTaskResult({ taskId: '..' })],
	"… doesn't support the mode List Recent Tasks": [
		(at) => at.getTaskResult({ provider: 'novita', mode: 'list' }),
	],
	'… did not list the tasks (HTTP …): …': [
		(at) => at.listed({ credential: { apiKey: 'wrong-key-12345' } }),
	],
	"AI/ML API doesn't have tasks: Generate returns its images right away": [
		(at) => at.getTaskResult({ provider: 'aimlapi', taskId: 'abc' }),
	],
	'Task … belongs to …, but Provider is set to …': [
		(at) => at.getTaskResult({}, { provider: 'novita', taskId: 'abc' }),
	],
	'… could not report the task status (HTTP 404): …': [
		(at) => at.getTaskResult({ taskId: '7f3c2b9e-0000-4000-8000-000000000000' }),
		(at) => at.getTaskResult({ provider: 'novita', taskId: 'gone' }),
		(at) => at.getTaskResult({ provider: 'highway', taskId: 'gone' }),
	],

	// Files of the workflow.
	'fal did not accept the file upload (HTTP …): …': [
		(at) => at.generate(change, { files: { data: large }, fileName: 'sandbox-no-money.png' }),
		(at) => at.generate(change, { files: { data: large }, fileName: 'sandbox-initiate-401.png' }),
	],
	'A file could not be uploaded to fal: …': [
		(at) => at.generate(change, { files: { data: large }, fileName: 'sandbox-upload-403.png' }),
		(at) => at.generate(change, { files: { data: large }, fileName: 'sandbox-upload-reset.png' }),
	],

	// The list of LoRAs.
	'Hugging Face could not be reached (…). Choose By ID or By URL, or use a preset of Apply LoRA Preset.':
		[
			(at) => at.search('sandbox-hub-503'),
			(at) => at.search('sandbox-hub-html'),
			(at) => at.search('', 'http://127.0.0.1:9'),
		],
	"The server doesn't list its loras. Choose By File and enter the file's path on the server.": [
		(at) => at.search('', at.sandbox.urls.hub, 'openaiCompatible'),
	],
	'The option Hugging Face URL must be an http or https URL': [
		(at) => at.search('', 'huggingface.co'),
	],

	// Z-Image Trigger.
	'No task was reported': [(at) => at.trigger({})],
	"… doesn't report tasks with a signature": [(at) => at.publish('novita')],
	'… did not return its signing keys (HTTP …): …': [
		(at) => at.publish('wavespeed', { apiKey: 'wrong' }),
		(at) => at.publish('replicate', { apiKey: 'wrong' }),
	],

	// Hints.
	"… doesn't support these options here, so they were ignored: …. Remove them, or choose a provider that supports them.":
		[(at) => at.hint('Novita', { provider: 'novita', options: { steps: 4 } })],
	'Callback URL was ignored: it needs Submit mode and one of these providers: …': [
		(at) => at.hint('Callback URL', { ...callingBack('https://a.example'), mode: 'wait' }),
		(at) => at.hint('Callback URL', { ...callingBack('https://a.example'), provider: 'novita' }),
	],
	"Your files were sent inline, which the provider doesn't document and may reject. …": [
		(at) => at.hint('Your files', { provider: 'highway', ...change }, { files: { data: boat } }),
	],
	"The mask …. White is repainted and black is kept; … doesn't document what transparent or gray pixels do. For a reliable result, use a PNG with only black and white.":
		[
			(at) => at.hint('The mask', inpaint, { files: { data: boat, mask: boat } }),
			(at) => at.hint('The mask', inpaint, { files: { data: boat, mask: jpegMask } }),
		],
	'The provider\'s safety checker flagged … ("nsfw": true in the item). A flagged image may be black.':
		[(at) => at.hint('The provider', { prompt: 'a boat [sandbox:nsfw]' })],
	'… tasks, … images in … s': [
		(at) => at.hint('2 tasks', { provider: 'novita', numberOfImages: 2 }),
	],
	'… from an earlier attempt resumed, not charged again': [
		(at) =>
			at.hint('0 tasks', { prompt: 'a boat [sandbox:download=404*1]' }, { step: { maxTries: 2 } }),
	],
	'This call from … was for the user "…", who owns the task. Enter it as User ID …': [
		(at) => at.trigger({ taskId: '80e732af-660e-45cd-bd63-580e4f2a94cc', userId: 'me' }),
	],
};
