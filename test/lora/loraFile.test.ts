import { inspectLoraFile, withUploadedLoras } from '../../nodes/ZImage/lora/loraFile';
import { fal } from '../../nodes/ZImage/providers/fal';
import { wavespeed } from '../../nodes/ZImage/providers/wavespeed';
import { contextWithFiles, sha256 } from '../support/files';
import { startMs } from '../support/recordingClock';
import { makeSafetensors } from '../support/safetensors';
import { contextFor, fakeUploads, place } from '../support/uploads';

const bytes = makeSafetensors(200_000);
const stored = (id: string, fileName?: string) => ({
	id,
	data: 'filesystem-v2',
	mimeType: 'application/octet-stream',
	...(fileName !== undefined && { fileName }),
});

it('reads a stored file once per run, and sends it from there', async () => {
	const { context, asked } = contextWithFiles([], { a: { bytes } });
	const inspect = async () =>
		await inspectLoraFile(context, fal, fal.files.maxLoraBytes, { lora: stored('a') }, 'lora');
	const file = await inspect();
	expect(file).toMatchObject({
		contentType: 'application/octet-stream',
		fileName: 'lora.safetensors',
		bytes: bytes.length,
		key: sha256(bytes),
		lifetimeSeconds: 604_800,
	});
	expect((await inspect()).key).toBe(file.key);
	expect(asked.filter((what) => what === 'stream a')).toHaveLength(1);
});

it.each([
	['pencil.safetensors', 'pencil.safetensors'],
	['Pencil.SafeTensors', 'Pencil.SafeTensors'],
	['my style (v2).bin', 'my_style_v2_.bin.safetensors'],
	['画.safetensors', '_.safetensors'],
])('is uploaded from %s as %s', async (fileName, expected) => {
	const { context } = contextWithFiles([], { a: { bytes } });
	const files = { lora: stored('a', fileName) };
	const file = await inspectLoraFile(context, fal, fal.files.maxLoraBytes, files, 'lora');
	expect(file.fileName).toBe(expected);
});

it.each([
	[fal, 'fal', 2048],
	[wavespeed, 'WaveSpeed', 200],
] as const)(
	'%#: a larger file is refused without being read',
	async (provider, name, mebibytes) => {
		const { maxLoraBytes } = provider.files;
		const { context, asked } = contextWithFiles([], {
			a: { bytes, fileSize: maxLoraBytes + 104_858 },
		});
		await expect(
			inspectLoraFile(context, provider, maxLoraBytes, { lora: stored('a') }, 'lora'),
		).rejects.toMatchObject({
			message: `The LoRA file "lora" must have at most ${mebibytes} MiB on ${name} (got ${mebibytes}.1 MiB)`,
			details: { kind: 'lora' },
		});
		expect(asked).toStrictEqual(['metadata a']);
	},
);

it("an upload has its own time limit for two tries: the task hasn't started", async () => {
	const uploads = fakeUploads();
	const file = {
		contentType: 'application/octet-stream',
		fileName: 'a.safetensors',
		bytes: 80_000_000,
		key: 'a',
		open: async () => bytes,
	};
	const request = {
		operation: 'textToImage',
		model: 'turbo',
		prompt: 'a boat',
		width: 1024,
		height: 1024,
		numberOfImages: 1,
		loras: [
			{ path: 'binary:a', scale: 0.5 },
			{ path: 'owner/name', scale: 1 },
		],
		options: {},
	} as const;
	const files = new Map([['binary:a', file]]);
	const { signal } = new AbortController();
	const sent = await withUploadedLoras(contextFor(uploads), uploads.client, request, files, signal);
	expect(sent).toStrictEqual({
		...request,
		loras: [
			{ path: place.file_url, scale: 0.5 },
			{ path: 'owner/name', scale: 1 },
		],
	});
	expect(uploads.calls.map(({ options }) => options.deadline)).toStrictEqual([startMs + 640_000]);
});
