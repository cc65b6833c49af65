import { Failure } from '../errors';
import type { ImageRequest, Provider, Range } from './provider';

function refuse(provider: Provider, field: string, value: number, limit: string): never {
	throw new Failure(`${field} is ${value}, but ${provider.displayName} takes ${limit}`, {
		description: `Nothing was sent. Change ${field} and run again.`,
	});
}

function checkInteger(provider: Provider, field: string, value: number, range: Range): void {
	if (!Number.isSafeInteger(value) || value < range.min || value > range.max) {
		refuse(provider, field, value, `whole numbers from ${range.min} to ${range.max}`);
	}
}

function checkSide(provider: Provider, field: string, value: number): void {
	const { side } = provider.limits;
	checkInteger(provider, field, value, side);
	if (side.multipleOf !== undefined && value % side.multipleOf !== 0) {
		refuse(provider, field, value, `multiples of ${side.multipleOf}`);
	}
}

/**
 * Checks a request against what the provider documents, before anything is sent and paid.
 * @throws Failure that names the field, the value, the limit and the provider
 */
export function checkLimits(provider: Provider, request: ImageRequest): void {
	const { limits } = provider;
	// Code points, as JSON Schema counts a string's length.
	const promptLength = [...request.prompt].length;
	if (limits.promptLength !== undefined && promptLength > limits.promptLength) {
		throw new Failure(
			`Prompt has ${promptLength} characters, but ${provider.displayName} takes at most ${limits.promptLength}`,
			{ description: 'Nothing was sent. Shorten the prompt and run again.' },
		);
	}
	checkSide(provider, 'Width', request.width);
	checkSide(provider, 'Height', request.height);
	if (request.seed !== undefined) checkInteger(provider, 'Seed', request.seed, limits.seed);
	if (limits.steps && typeof request.options.steps === 'number') {
		checkInteger(provider, 'Steps', request.options.steps, limits.steps);
	}
}
