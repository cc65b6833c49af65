import { Failure, show } from '../errors/failure';
import type { SourceImages } from '../images/sourceImage';
import type { Endpoint, ImageRequest, Range } from '../providers/provider';
import { toName, toNumber } from '../values';
import type { GenerateParameters } from './parameters';

type Size = Pick<ImageRequest, 'automaticSize' | 'height' | 'width'>;

/** Scales a size to the endpoint's limits, keeping its proportions. */
function fit(width: number, height: number, { min, max, multipleOf = 1 }: Range): Size {
	const factor = Math.max(
		Math.min(1, max / Math.max(width, height)),
		min / Math.min(width, height),
	);
	const toSide = (side: number) =>
		Math.min(max, Math.max(min, Math.round((side * factor) / multipleOf) * multipleOf));
	return { width: toSide(width), height: toSide(height) };
}

/** The size as the user entered it, in lower case. */
function textOf(endpoint: Endpoint, given: unknown): string {
	return toName(given, 'Size')?.toLowerCase() ?? (endpoint.image ? 'auto' : '1024x1024');
}

function isAutomatic({ image }: Endpoint, size: string): boolean {
	return image !== undefined && /^auto(matic)?$/.test(size);
}

/** Whether a size is requested that the endpoint has no field for. */
export function ignoresSize(endpoint: Endpoint, { outputSize }: GenerateParameters): boolean {
	return endpoint.keepsSize === true && !isAutomatic(endpoint, textOf(endpoint, outputSize));
}

/** The size of the source image, as far as the provider needs it in the request. */
function automaticSize(
	{ limits, measuresSource, keepsSize }: Endpoint,
	{ image }: SourceImages,
): Size {
	const { width = 1024, height = 1024 } = image ?? {};
	const isKnown = width !== null && height !== null;
	if (measuresSource || keepsSize) return { width, height, automaticSize: true };
	return isKnown ? fit(width, height, limits.side) : { width: 1024, height: 1024 };
}

/**
 * The size of the image in pixels.
 * @throws Failure when it isn't a size
 */
export function sizeOf(
	endpoint: Endpoint,
	parameters: GenerateParameters,
	images: SourceImages,
): Size {
	const given = endpoint.image ? parameters.outputSize : parameters.size;
	const size = textOf(endpoint, given);
	if (endpoint.keepsSize || isAutomatic(endpoint, size)) return automaticSize(endpoint, images);
	if (size === 'custom') {
		return {
			width: toNumber(parameters.width, 'Width'),
			height: toNumber(parameters.height, 'Height'),
		};
	}
	const sides = /^(\d+)\s*[x*×]\s*(\d+)$/.exec(size);
	if (!sides) {
		throw new Failure(`Size must be width x height, such as 1024x768 (got ${show(given)})`);
	}
	return { width: Number(sides[1]), height: Number(sides[2]) };
}

/** The model's own grid in pixels: its latent image has 1/8 of the size, in patches of 2. */
const grid = 16;

/** A requested size that isn't on the model's grid, as text. `undefined` for any other. */
export function roundedSize({ width, height, automaticSize }: Size): string | undefined {
	if (automaticSize || width === null || height === null) return undefined;
	return width % grid === 0 && height % grid === 0 ? undefined : `${width}x${height}`;
}
