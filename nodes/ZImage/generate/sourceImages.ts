import type { IExecuteFunctions } from 'n8n-workflow';

import { Failure } from '../errors/failure';
import type { Client } from '../http/client';
import type { SourceImage } from '../images/sourceImage';
import { imageAtUrl, imageInBinary } from '../images/sourceImage';
import type { UploadLimits } from '../images/upload';
import type { Endpoint, ImageRequest, Provider } from '../providers/provider';
import { toChoice, toText } from '../run/parameters';

/** The pictures that one item's request works on. */
export interface SourceImages {
	readonly image?: SourceImage;
	readonly mask?: SourceImage;
}

/** The node's parameters for one of the pictures. */
interface ImageParameters {
	readonly source: string;
	readonly field: string;
	readonly url: string;
	readonly defaultField: string;
	readonly what: string;
}

const imageParameters: ImageParameters = {
	source: 'imageSource',
	field: 'imageField',
	url: 'imageUrl',
	defaultField: 'data',
	what: 'source image',
};

const maskParameters: ImageParameters = {
	source: 'maskSource',
	field: 'maskField',
	url: 'maskUrl',
	defaultField: 'mask',
	what: 'mask',
};

async function readImage(
	context: IExecuteFunctions,
	provider: Provider,
	itemIndex: number,
	need: Endpoint['image'],
	{ source, field, url, defaultField, what }: ImageParameters,
): Promise<SourceImage | undefined> {
	const { files } = provider;
	if (need === undefined || !files) return undefined;
	const fallback = need === 'required' ? 'binary' : 'none';
	const from = toChoice(context.getNodeParameter(source, itemIndex, fallback), `The ${what}`, [
		'binary',
		'url',
		...(need === 'optional' ? (['none'] as const) : []),
	]);
	if (from === 'none') return undefined;
	if (from === 'url') {
		return imageAtUrl(toText(context.getNodeParameter(url, itemIndex, ''))?.trim() ?? '', what);
	}
	const name = toText(context.getNodeParameter(field, itemIndex, defaultField)) ?? defaultField;
	return await imageInBinary(context, provider, files, itemIndex, name, what);
}

function sizeOf({ width, height }: SourceImage): string | undefined {
	return width === null || height === null ? undefined : `${width} x ${height}`;
}

/**
 * Reads the source image and the mask of an item, as far as the endpoint takes them.
 * @throws Failure when one is missing, no image or too large, or when they are not of one size
 */
export async function readSourceImages(
	context: IExecuteFunctions,
	provider: Provider,
	endpoint: Endpoint,
	itemIndex: number,
): Promise<SourceImages> {
	const image = await readImage(context, provider, itemIndex, endpoint.image, imageParameters);
	if (!image) return {};
	const mask = await readImage(context, provider, itemIndex, endpoint.mask, maskParameters);
	if (!mask) return { image };
	const [imageSize, maskSize] = [sizeOf(image), sizeOf(mask)];
	if (imageSize !== undefined && maskSize !== undefined && imageSize !== maskSize) {
		throw new Failure(`The mask has ${maskSize} pixels, but the source image has ${imageSize}`, {
			description: 'Nothing was sent. A mask covers its image, so both have the same size.',
		});
	}
	return { image, mask };
}

/** A request that names the pictures in a way that the provider can get at. Uploads files where needed. */
export async function withSourceImages(
	client: Client,
	request: ImageRequest,
	{ image, mask }: SourceImages,
	limits: UploadLimits,
): Promise<ImageRequest> {
	return {
		...request,
		...(image && { image: await image.toUrl(client, limits) }),
		...(mask && { mask: await mask.toUrl(client, limits) }),
	};
}
