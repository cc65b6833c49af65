import { shape } from '../shape';
import type { ExpectedAnswers } from './expected';

/**
 * AI/ML API.
 * Source: https://docs.aimlapi.com/api-references/image-models/alibaba-cloud/z-image-turbo-lora
 */
export const aimlapiAnswers: ExpectedAnswers = {
	// https://docs.aimlapi.com/api-references/service-endpoints/account-balance
	'credential test': {
		codes: [200],
		shape: shape(['current_balance', 'number', 'no'], ['currency', 'string', 'no']),
	},
	submit: {
		codes: [200, 201],
		shape: shape(
			['data', 'array', 'must'],
			// The nodes accept either field. Without both there is no image.
			['data[].url?', 'string|null', 'may'],
			['data[].b64_json?', 'string|null', 'may'],
			['meta?', 'object|null', 'tries'],
			['meta.usage?', 'object|null', 'tries'],
			['meta.usage.tokens_used?', 'number|null', 'tries'],
			['meta.usage.credits_used?', 'number|null', 'tries'],
		),
	},
};
