import { shape } from '../shape';
import type { ExpectedAnswers } from './expected';

/** Fields that the servers add. */
const further = [
	['created', 'number'],
	['id', 'string'],
	['output_format', 'string'],
	['size', 'string'],
	['usage', 'object|null'],
	['cot_output', 'string|null'],
	['metrics', 'object|null'],
	['peak_memory_mb', 'number|null'],
	['inference_time_s', 'number|null'],
	['data[].file_path', 'string|null'],
	['data[].embedding', 'array|null'],
	['data[].index', 'number'],
] as const;

/**
 * Fields of OpenAI's own response and of the servers' responses. Source:
 * https://platform.openai.com/docs/api-reference/images/object
 */
export const openaiCompatibleAnswers: ExpectedAnswers = {
	// https://platform.openai.com/docs/api-reference/models/list
	'credential test': {
		codes: [200],
		shape: shape(['object?', 'string', 'no'], ['data', 'array', 'may']),
	},
	submit: {
		codes: [200],
		shape: shape(
			['data', 'array', 'must'],
			// The nodes accept either field. Without both there is no image.
			['data[].b64_json?', 'string|null', 'may'],
			['data[].url?', 'string|null', 'may'],
			['data[].revised_prompt?', 'string|null', 'tries'],
			...further.map(([name, types]) => [`${name}?`, types, 'no'] as const),
		),
	},
};
