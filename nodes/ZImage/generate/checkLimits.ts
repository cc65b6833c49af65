import { Failure } from '../errors/failure';
import type { Endpoint, ImageRequest, Provider, Range } from '../providers/provider';
import { optionTable } from './optionTable';

function describeRange({ min, max, multipleOf }: Range): string {
	if (multipleOf === undefined) return `a number between ${min} and ${max}`;
	const numbers = multipleOf === 1 ? 'a whole number' : `a multiple of ${multipleOf}`;
	return `${numbers} between ${min} and ${max}`;
}

function isWithin(value: number, { min, max, multipleOf }: Range): boolean {
	if (!(value >= min && value <= max)) return false;
	return multipleOf === undefined || (Number.isSafeInteger(value) && value % multipleOf === 0);
}

function check(provider: Provider, field: string, value: number | null, range: Range): void {
	if (value !== null && isWithin(value, range)) return;
	throw new Failure(
		`${field} must be ${describeRange(range)} on ${provider.displayName} (got ${value})`,
		{ description: `Nothing was sent. Change ${field} and run again.` },
	);
}

/** The pixels of 1024 x 1024, which is what providers call a megapixel when they limit sizes. */
const megapixel = 1024 * 1024;

function checkPixels(provider: Provider, { limits }: Endpoint, request: ImageRequest): void {
	const { width, height } = request;
	const { maxPixels } = limits;
	if (maxPixels === undefined || (width ?? 0) * (height ?? 0) <= maxPixels) return;
	throw new Failure(
		`The image must have at most ${maxPixels / megapixel} megapixels on ${provider.displayName} (got ${width}x${height})`,
		{ description: 'Nothing was sent. Make Width or Height smaller and run again.' },
	);
}

/**
 * Checks a request against the provider's documented limits, before anything is sent and charged.
 * @throws Failure that names the field, the value, the limit and the provider
 */
export function checkLimits(provider: Provider, endpoint: Endpoint, request: ImageRequest): void {
	const { limits } = endpoint;
	const fault = provider.faultOf?.(request);
	if (fault !== undefined) {
		throw new Failure(fault, { description: 'Nothing was sent. Fix it and run again.' });
	}
	// Code points, because JSON Schema counts a string's length in them.
	const promptLength = [...request.prompt].length;
	if (limits.promptLength !== undefined && promptLength > limits.promptLength) {
		throw new Failure(
			`Prompt must have at most ${limits.promptLength} characters on ${provider.displayName} (got ${promptLength})`,
			{ description: 'Nothing was sent. Shorten the prompt and run again.' },
		);
	}
	if (!request.automaticSize) {
		check(provider, 'Width', request.width, limits.side);
		check(provider, 'Height', request.height, limits.side);
		checkPixels(provider, endpoint, request);
	}
	if (request.seed !== undefined) check(provider, 'Seed', request.seed, limits.seed);
	for (const { name, displayName } of optionTable) {
		const range = endpoint.options[name];
		const value = request.options[name];
		if (range !== undefined && range !== true && typeof value === 'number') {
			check(provider, displayName, value, range);
		}
	}
}
