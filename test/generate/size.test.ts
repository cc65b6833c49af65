import { Failure } from '../../nodes/ZImage/errors/failure';
import type { GenerateParameters } from '../../nodes/ZImage/generate/parameters';
import { roundedSize, sizeOf } from '../../nodes/ZImage/generate/size';
import type { SourceImages } from '../../nodes/ZImage/images/sourceImage';
import { fal } from '../../nodes/ZImage/providers/fal';
import { highway } from '../../nodes/ZImage/providers/highway';
import type { Endpoint, Range } from '../../nodes/ZImage/providers/provider';
import { endpointOf } from '../support/request';
import { strictContext } from '../support/strictContext';

const parametersOf = (parameters: Partial<GenerateParameters>): GenerateParameters =>
	strictContext(parameters) as never;

const imageOf = (width: number | null, height: number | null): SourceImages => ({
	image: strictContext({ width, height }) as never,
});

const plain = endpointOf(fal);
const withImage = endpointOf(highway, 'imageToImage');
const measuring = endpointOf(fal, 'imageToImage');

describe('a text', () => {
	it.each([
		['1024x768', 1024, 768],
		['1024*768', 1024, 768],
		['1024×768', 1024, 768],
		[' 1024 x 768\n', 1024, 768],
		['1024X768', 1024, 768],
		['1x20000', 1, 20_000],
	])('%j is %i x %i', (size, width, height) => {
		expect(sizeOf(plain, parametersOf({ size }), {})).toStrictEqual({ width, height });
		const parameters = parametersOf({ outputSize: size });
		expect(sizeOf(measuring, parameters, imageOf(5, 5))).toStrictEqual({ width, height });
	});

	it.each([undefined, null, '', ' \n'])('%j is the default', (size) => {
		const square = { width: 1024, height: 1024 };
		expect(sizeOf(plain, parametersOf({ size }), {})).toStrictEqual(square);
		const automatic = { width: 5, height: 5, automaticSize: true };
		const parameters = parametersOf({ outputSize: size });
		expect(sizeOf(measuring, parameters, imageOf(5, 5))).toStrictEqual(automatic);
	});

	it.each(['auto', 'AUTO', 'Automatic\n'])("%j is the source image's size", (outputSize) => {
		const parameters = parametersOf({ outputSize });
		expect(sizeOf(measuring, parameters, imageOf(5, 5))).toMatchObject({ automaticSize: true });
	});

	it.each([
		['square', 'square'],
		['1024', '1024'],
		['1024x', '1024x'],
		['-1x768', '-1x768'],
		['1.5x768', '1.5x768'],
		['1024x768x2', '1024x768x2'],
		['1e3x768', '1e3x768'],
		// There is no source image to take the size from.
		['auto', 'auto'],
	])('%j is refused', (size, shown) => {
		expect(() => sizeOf(plain, parametersOf({ size }), {})).toThrow(
			new Failure(`Size must be width x height, such as 1024x768 (got "${shown}")`),
		);
	});
});

describe('custom', () => {
	it.each([
		[640, 480, 640, 480],
		['640', ' 480 ', 640, 480],
		// The provider's limits are checked later. The error then names the side.
		[0, -7.5, 0, -7.5],
	])('%j and %j', (width, height, ...sides) => {
		const expected = { width: sides[0], height: sides[1] };
		expect(sizeOf(plain, parametersOf({ size: 'custom', width, height }), {})).toStrictEqual(
			expected,
		);
		const parameters = parametersOf({ outputSize: ' custom ', width, height });
		expect(sizeOf(withImage, parameters, imageOf(5, 5))).toStrictEqual(expected);
	});

	it.each([
		[{ width: null, height: 480 }, 'Width must be a number (got null)'],
		[{ width: 640, height: '' }, 'Height must be a number (got "")'],
		[{ width: 'wide', height: 'high' }, 'Width must be a number (got "wide")'],
	])('%j is refused', (sides, message) => {
		expect(() => sizeOf(plain, parametersOf({ size: 'custom', ...sides }), {})).toThrow(
			new Failure(message),
		);
	});
});

describe('automatic', () => {
	const parameters = parametersOf({ outputSize: 'auto' });

	it.each<[string, SourceImages, number | null, number | null]>([
		['as large as the source image', imageOf(3000, 20), 3000, 20],
		['not known', imageOf(null, null), null, null],
		['1024 x 1024 without one', {}, 1024, 1024],
	])('is left to a provider that determines it: %s', (_, images, width, height) => {
		expect(sizeOf(measuring, parameters, images)).toStrictEqual({
			width,
			height,
			automaticSize: true,
		});
	});

	/** For an endpoint with these limits that needs the size in the request. */
	const fitted = (side: Range, images: SourceImages) => {
		const endpoint: Endpoint = { ...withImage, limits: { ...withImage.limits, side } };
		return sizeOf(endpoint, parameters, images);
	};
	const { side: highwaySide } = withImage.limits;
	const coarse: Range = { min: 512, max: 2048, multipleOf: 32 };

	it.each<[string, Range, [number, number], [number, number]]>([
		['unchanged', highwaySide, [1000, 701], [1000, 701]],
		['the smallest', highwaySide, [256, 256], [256, 256]],
		['the largest', highwaySide, [1536, 1536], [1536, 1536]],
		['made smaller', highwaySide, [3072, 1024], [1536, 512]],
		['scaled down, portrait', highwaySide, [1024, 3072], [512, 1536]],
		['made larger', highwaySide, [100, 200], [256, 512]],
		['rounded', highwaySide, [3000, 2001], [1536, 1025]],
		['too long for its proportions', highwaySide, [4096, 256], [1536, 256]],
		['a line', highwaySide, [1, 5000], [256, 1536]],
		['multiples', coarse, [1000, 1000], [992, 992]],
		['multiples, rounded up', coarse, [513, 600], [512, 608]],
		['multiples, enlarged', coarse, [100, 150], [512, 768]],
		['any number', { min: 256, max: 1536 }, [1001, 703], [1001, 703]],
	])('is scaled to fit: %s', (_, side, [width, height], expected) => {
		expect(fitted(side, imageOf(width, height))).toStrictEqual({
			width: expected[0],
			height: expected[1],
		});
	});

	it.each<[string, SourceImages]>([
		["the image wasn't measured", imageOf(null, null)],
		['one side is unknown', imageOf(null, 512)],
		['there is no image', {}],
	])('is 1024 x 1024 if %s', (_, images) => {
		expect(fitted(highwaySide, images)).toStrictEqual({ width: 1024, height: 1024 });
	});
});

it.each<[number | null, number | null, true | undefined, string | undefined]>([
	[1024, 768, undefined, undefined],
	[1008, 1, undefined, '1008x1'],
	[1000, 750, undefined, '1000x750'],
	[1024, 750, undefined, '1024x750'],
	[1000, 1024, undefined, '1000x1024'],
	[1000, 750, true, undefined],
	[null, null, undefined, undefined],
])('%j x %j, automatic: %j, may be rounded: %j', (width, height, automaticSize, expected) => {
	const size = { width, height, ...(automaticSize && { automaticSize }) };
	expect(roundedSize(size)).toBe(expected);
});
