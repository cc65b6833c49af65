import { shape } from '../shape';
import type { ExpectedAnswers } from './expected';

/**
 * fal's queue. Sources: https://fal.ai/docs/model-apis/model-endpoints/queue, and fal-ai/fal-js
 * (libs/client/src/types/common.ts and endpoints.ts) for the fields and which of them are optional.
 */
export const falAnswers: ExpectedAnswers = {
	// fal's platform API, GET /v1/models/pricing.
	'credential test': {
		codes: [200],
		shape: shape(
			['prices', 'array', 'no'],
			['prices[].endpoint_id', 'string', 'no'],
			['prices[].unit_price', 'number', 'no'],
			['prices[].unit', 'string', 'no'],
			['prices[].currency', 'string', 'no'],
			['next_cursor?', 'string|null', 'no'],
			['has_more?', 'boolean', 'no'],
		),
	},
	submit: {
		codes: [200],
		shape: shape(
			['request_id', 'string', 'must'],
			['response_url', 'string', 'no'],
			['status_url', 'string', 'no'],
			['cancel_url', 'string', 'no'],
			['queue_position?', 'number', 'no'],
			['status?', 'string', 'no'],
			['gateway_request_id?', 'string', 'no'],
		),
	},
	status: {
		codes: [200, 202],
		states: { path: 'status', values: ['IN_QUEUE', 'IN_PROGRESS', 'COMPLETED'] },
		shape: shape(
			['status', 'string', 'must'],
			['request_id', 'string', 'no'],
			['response_url', 'string', 'no'],
			['status_url', 'string', 'no'],
			['cancel_url', 'string', 'no'],
			['queue_position?', 'number', 'no'],
			['logs?', 'array|null', 'no'],
			['metrics?', 'object|null', 'no'],
			['error?', 'string|null', 'tries'],
			['error_type?', 'string|null', 'tries'],
		),
	},
	result: {
		codes: [200],
		shape: shape(
			['images', 'array', 'must'],
			['images[].url', 'string', 'must'],
			['images[].width', 'number|null', 'tries'],
			['images[].height', 'number|null', 'tries'],
			['images[].content_type', 'string|null', 'no'],
			['images[].file_name?', 'string|null', 'no'],
			['images[].file_size?', 'number|null', 'no'],
			['images[].file_data?', 'string|null', 'no'],
			['seed', 'number', 'tries'],
			['has_nsfw_concepts', 'array', 'tries'],
			['prompt', 'string', 'tries'],
			['timings', 'object', 'no'],
		),
	},
};
