import type { IBinaryKeyData } from 'n8n-workflow';

import { Failure } from '../errors/failure';
import type { FileHost } from '../host';
import type { SourceImage, SourceImages } from '../images/sourceImage';
import { imageAtUrl, imageInBinary } from '../images/sourceImage';
import type { Endpoint, Provider } from '../providers/provider';
import { isEmpty, toChoice, toName } from '../values';
import { namedFile } from '../run/itemFiles';
import type { GenerateParameters, PictureParameters } from './parameters';

/** How errors name an image, and its default field. */
interface Picture {
	readonly what: string;
	readonly defaultField: string;
}

async function readImage(
	host: FileHost,
	provider: Provider,
	binary: IBinaryKeyData,
	need: Endpoint['image'],
	{ source, field, url }: PictureParameters,
	{ what, defaultField }: Picture,
): Promise<SourceImage | undefined> {
	const { files } = provider;
	if (need === undefined || !files) return undefined;
	const fallback = need === 'required' ? 'binary' : 'none';
	const from = toChoice(isEmpty(source) ? fallback : source, `The ${what}`, [
		'binary',
		'url',
		...(need === 'optional' ? (['none'] as const) : []),
	]);
	if (from === 'none') return undefined;
	if (from === 'url') {
		if (files.noUrls) {
			throw new Failure(`${provider.displayName} doesn't accept a URL for the ${what}`, {
				description:
					'Nothing was sent. Download it with an HTTP Request node before this one, and choose Binary File.',
			});
		}
		return imageAtUrl(toName(url, `The URL of the ${what}`) ?? '', what);
	}
	const named = namedFile(binary, field, `The field of the ${what}`, defaultField);
	return await imageInBinary(host, provider, files, named.files, named.name, what);
}

function sizeOf({ width, height }: SourceImage): string | undefined {
	return width === null || height === null ? undefined : `${width} x ${height}`;
}

/**
 * Reads the source image and the mask of an item, as far as the endpoint uses them.
 * @param binary the item's files
 * @throws Failure when one is missing, not an image or too large, or when their sizes differ
 */
export async function readSourceImages(
	host: FileHost,
	provider: Provider,
	endpoint: Endpoint,
	parameters: Pick<GenerateParameters, 'image' | 'mask'>,
	binary: IBinaryKeyData = {},
): Promise<SourceImages> {
	const read = async (name: 'image' | 'mask', picture: Picture) =>
		await readImage(host, provider, binary, endpoint[name], parameters[name], picture);
	const image = await read('image', { what: 'source image', defaultField: 'data' });
	if (!image) return {};
	const mask = await read('mask', { what: 'mask', defaultField: 'mask' });
	if (!mask) return { image };
	const [imageSize, maskSize] = [sizeOf(image), sizeOf(mask)];
	if (imageSize !== undefined && maskSize !== undefined && imageSize !== maskSize) {
		throw new Failure(
			`The mask must have the size of the source image, ${imageSize} pixels (got ${maskSize})`,
			{
				description: 'Nothing was sent. The mask and the source image must have the same size.',
			},
		);
	}
	return { image, mask };
}
