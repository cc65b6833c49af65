import type { IBinaryKeyData } from 'n8n-workflow';

import { Failure } from '../../nodes/ZImage/errors/failure';
import { readParameters } from '../../nodes/ZImage/generate/parameters';
import { readSourceImages } from '../../nodes/ZImage/generate/sourceImages';
import type { SourceImages } from '../../nodes/ZImage/images/sourceImage';
import { withSourceImages } from '../../nodes/ZImage/images/sourceImage';
import { aimlapi } from '../../nodes/ZImage/providers/aimlapi';
import { fal } from '../../nodes/ZImage/providers/fal';
import { highway } from '../../nodes/ZImage/providers/highway';
import { novita } from '../../nodes/ZImage/providers/novita';
import type { Operation, Provider } from '../../nodes/ZImage/providers/provider';
import { contextWithFiles, inMemory } from '../support/files';
import { fakeUploads } from '../support/uploads';
import { exifOf, withExif } from '../support/imageBytes';
import { makePicture } from '../support/picture';
import { endpointOf, imageRequest } from '../support/request';
import { limits } from '../support/fakeClient';

const boat = inMemory(makePicture('png', 93, 71));
const boatMask = inMemory(makePicture('webp', 93, 71));
const url = 'https://a.example/boat.png';
const maskUrl = 'https://a.example/mask.png';
const files: IBinaryKeyData = { data: boat, mask: boatMask };

async function read(
	provider: Provider,
	operation: Operation,
	parameters: Record<string, unknown> = {},
	binary: IBinaryKeyData = files,
): Promise<SourceImages> {
	const { context } = contextWithFiles([binary], {}, parameters);
	const endpoint = endpointOf(provider, operation);
	return await readSourceImages(context, provider, endpoint, readParameters(context, 0), binary);
}

/** Which images there are, and their sources: `file`, or a URL. */
async function picturesOf(...given: Parameters<typeof read>) {
	const images = await read(...given);
	return Object.fromEntries(
		Object.entries(images).map(([name, { reference }]: [string, { reference: string }]) => [
			name,
			reference.startsWith('binary:') ? 'file' : reference,
		]),
	);
}

const bothUrls = { imageSource: 'url', imageUrl: url, maskSource: 'url', maskUrl };

const rows: Array<[Provider, Operation, Record<string, unknown>, object]> = [
	[fal, 'textToImage', bothUrls, {}],
	[novita, 'textToImage', bothUrls, {}],
	[aimlapi, 'textToImage', { imageSource: 'binary' }, {}],
	[fal, 'imageToImage', {}, { image: 'file' }],
	[fal, 'imageToImage', bothUrls, { image: url }],
	[fal, 'controlNet', {}, { image: 'file' }],
	[fal, 'controlNet', bothUrls, { image: url }],
	[fal, 'inpaint', {}, { image: 'file', mask: 'file' }],
	[fal, 'inpaint', bothUrls, { image: url, mask: maskUrl }],
	[fal, 'inpaint', { maskSource: 'url', maskUrl }, { image: 'file', mask: maskUrl }],
	[fal, 'inpaint', { imageSource: 'url', imageUrl: url }, { image: url, mask: 'file' }],
	[fal, 'seamlessTiling', {}, {}],
	[fal, 'seamlessTiling', { imageSource: 'none' }, {}],
	[fal, 'seamlessTiling', { imageSource: 'none', maskSource: 'binary' }, {}],
	[fal, 'seamlessTiling', { maskSource: 'binary' }, {}],
	[fal, 'seamlessTiling', { imageSource: 'binary' }, { image: 'file' }],
	[fal, 'seamlessTiling', { imageSource: 'binary', maskSource: 'none' }, { image: 'file' }],
	[fal, 'seamlessTiling', bothUrls, { image: url, mask: maskUrl }],
	[
		fal,
		'seamlessTiling',
		{ imageSource: 'url', imageUrl: url, maskSource: 'binary' },
		{ image: url, mask: 'file' },
	],
	[highway, 'textToImage', bothUrls, {}],
	[highway, 'imageToImage', bothUrls, { image: url }],
	[highway, 'inpaint', {}, { image: 'file', mask: 'file' }],
];

it.each(rows.map((row) => [row[0].id, row[1], row[2], row[3], row] as const))(
	'%s, %s, %j: has %j',
	async (...[, , , expected, [provider, operation, parameters]]) => {
		expect(await picturesOf(provider, operation, parameters)).toStrictEqual(expected);
	},
);

it('reads the files from the named fields, and from the usual ones by default', async () => {
	const other = { boat, hole: boatMask };
	const named = { imageField: 'boat', maskField: 'hole' };
	expect(await picturesOf(fal, 'inpaint', named, other)).toStrictEqual({
		image: 'file',
		mask: 'file',
	});
	for (const empty of ['', null, undefined]) {
		const parameters = { imageField: empty, maskField: empty };
		expect(await picturesOf(fal, 'inpaint', parameters)).toStrictEqual({
			image: 'file',
			mask: 'file',
		});
	}
});

it('accepts a URL with spaces around it', async () => {
	const parameters = { imageSource: 'url', imageUrl: ` ${url}\n` };
	expect(await picturesOf(fal, 'imageToImage', parameters)).toStrictEqual({ image: url });
});

it.each<[Operation, Record<string, unknown>, IBinaryKeyData, string]>([
	[
		'imageToImage',
		{},
		{},
		'The input item has no file in the binary field "data" for the source image',
	],
	[
		'imageToImage',
		{ imageField: 'boat' },
		files,
		'The input item has no file in the binary field "boat" for the source image',
	],
	[
		'inpaint',
		{},
		{ data: boat },
		'The input item has no file in the binary field "mask" for the mask',
	],
	[
		'inpaint',
		{ imageSource: 'url', imageUrl: '' },
		files,
		'The URL of the source image must start with http:// or https:// (got "")',
	],
	[
		'inpaint',
		{ maskSource: 'url', maskUrl: 'mask.png' },
		files,
		'The URL of the mask must start with http:// or https:// (got "mask.png")',
	],
	[
		'imageToImage',
		{ imageSource: 'file' },
		files,
		'The source image must be one of: binary, url (got "file")',
	],
	['inpaint', { maskSource: 7 }, files, 'The mask must be one of: binary, url (got 7)'],
	[
		'inpaint',
		{ imageSource: 'none' },
		files,
		'The source image must be one of: binary, url (got "none")',
	],
	['inpaint', { maskSource: 'none' }, files, 'The mask must be one of: binary, url (got "none")'],
])('%s refuses %j', async (operation, parameters, binary, message) => {
	for (const provider of operation === 'imageToImage' ? [fal, highway] : [highway, fal]) {
		await expect(read(provider, operation, parameters, binary)).rejects.toThrow(
			new Failure(message),
		);
	}
});

it('tiling mentions that an image is optional', async () => {
	await expect(read(fal, 'seamlessTiling', { imageSource: true })).rejects.toThrow(
		new Failure('The source image must be one of: binary, url, none (got true)'),
	);
});

describe('image and mask', () => {
	const withMask = (mask: Buffer) => ({ data: boat, mask: inMemory(mask) });

	it.each([
		[93, 72],
		[94, 71],
		[71, 93],
	])('must have the same size, not %i x %i', async (width, height) => {
		const binary = withMask(makePicture('png', width, height));
		await expect(read(fal, 'inpaint', {}, binary)).rejects.toMatchObject({
			message: `The mask must have the size of the source image, 93 x 71 pixels (got ${width} x ${height})`,
			details: {
				description: 'Nothing was sent. The mask and the source image must have the same size.',
			},
		});
		const tiling = { imageSource: 'binary', maskSource: 'binary' };
		await expect(read(fal, 'seamlessTiling', tiling, binary)).rejects.toThrow('The mask must have');
	});

	it.each(['jpeg', 'png', 'webp'] as const)('are compared as displayed: %s', async (format) => {
		const photo = withExif(format, makePicture(format, 71, 93), [71, 93], exifOf(6));
		expect(await read(fal, 'inpaint', {}, { data: boat, mask: inMemory(photo) })).toMatchObject({
			image: { width: 93, height: 71 },
			mask: { width: 93, height: 71 },
		});
		const binary = { data: inMemory(photo), mask: inMemory(makePicture('png', 71, 93)) };
		await expect(read(fal, 'inpaint', {}, binary)).rejects.toThrow(
			'The mask must have the size of the source image, 93 x 71 pixels (got 71 x 93)',
		);
	});

	it('are not measured if one is at a URL', async () => {
		const binary = withMask(makePicture('png', 40, 30));
		const parameters = { imageSource: 'url', imageUrl: url };
		expect(await picturesOf(fal, 'inpaint', parameters, binary)).toStrictEqual({
			image: url,
			mask: 'file',
		});
	});
});

describe('the request', () => {
	const client = fakeUploads().client;

	it('refers to the images in a way that the provider can read', async () => {
		const images = await read(fal, 'inpaint', { maskSource: 'url', maskUrl });
		const request = imageRequest({
			operation: 'inpaint',
			image: images.image?.reference ?? '',
			mask: maskUrl,
		});
		expect(await withSourceImages(client, request, images, limits())).toStrictEqual({
			...request,
			image: `data:image/png;base64,${boat.data}`,
			mask: maskUrl,
		});
		// The plan doesn't change: a later attempt is compared with it.
		expect(request.image).toMatch(/^binary:[0-9a-f]{64}$/);
	});

	it('is the same without images', async () => {
		const request = imageRequest();
		expect(await withSourceImages(client, request, {}, limits())).toStrictEqual(request);
	});
});
