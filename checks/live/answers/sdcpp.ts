import type { FieldRow } from '../shape';
import { shape } from '../shape';
import type { ExpectedAnswers } from './expected';

const job: readonly FieldRow[] = [
	['id', 'string', 'must'],
	['kind', 'string', 'no'],
	['status', 'string', 'must'],
	['created', 'number', 'no'],
	['started', 'number|null', 'no'],
	['completed', 'number|null', 'no'],
	['queue_position', 'number', 'no'],
	['error', 'object|null', 'tries'],
];

/** Source: https://github.com/leejet/stable-diffusion.cpp/blob/97d2990/examples/server/api.md */
export const sdcppAnswers: ExpectedAnswers = {
	'credential test': {
		codes: [200],
		shape: shape(
			['model', 'object', 'no'],
			['current_mode', 'string', 'no'],
			['supported_modes', 'array', 'no'],
			['defaults', 'object', 'no'],
			['defaults_by_mode', 'object', 'no'],
			['output_formats', 'array', 'no'],
			['output_formats_by_mode', 'object', 'no'],
			['features', 'object', 'no'],
			['features_by_mode', 'object', 'no'],
			['samplers', 'array', 'no'],
			['schedulers', 'array', 'no'],
			['loras', 'array', 'may'],
			['upscalers', 'array', 'no'],
			['limits', 'object', 'no'],
		),
	},
	submit: {
		codes: [202],
		shape: shape(
			['id', 'string', 'must'],
			['kind', 'string', 'no'],
			['status', 'string', 'no'],
			['created', 'number', 'no'],
			['poll_url', 'string', 'no'],
		),
	},
	status: {
		codes: [200],
		states: {
			path: 'status',
			values: ['queued', 'generating', 'completed', 'failed', 'cancelled'],
		},
		shape: shape(...job, ['result', 'object|null', 'tries']),
		final: {
			state: 'completed',
			shape: shape(
				...job,
				['result', 'object', 'must'],
				['result.output_format', 'string', 'no'],
				['result.images', 'array', 'must'],
				['result.images[].index', 'number', 'no'],
				['result.images[].b64_json', 'string', 'must'],
			),
		},
	},
};
