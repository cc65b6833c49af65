import type { FieldRow } from '../shape';
import { shape } from '../shape';
import type { ExpectedAnswers } from './expected';

const taskFields: readonly FieldRow[] = [
	['task', 'object', 'must'],
	['task.status', 'string', 'must'],
	['task.reason', 'string|null', 'tries'],
	['task.task_id', 'string', 'no'],
	['task.task_type', 'string', 'no'],
	['task.eta', 'number', 'no'],
	['task.progress_percent', 'number', 'no'],
	['extra', 'object|null', 'tries'],
	['extra.seed', 'string|number|null', 'tries'],
	['extra.enable_nsfw_detection', 'boolean', 'no'],
	['extra.debug_info?', 'object|null', 'no'],
	// The sister brands' response. It isn't documented for these two.
	['extra.has_nsfw_contents?', 'array|null', 'tries'],
	['videos', 'array|null', 'no'],
	['audios', 'array|null', 'no'],
];

const imageFields: readonly FieldRow[] = [
	['images', 'array', 'must'],
	['images[].image_url', 'string', 'must'],
	['images[].image_url_ttl', 'number|string', 'tries'],
	['images[].image_type', 'string', 'no'],
	['images[].nsfw_detection_result?', 'object|null', 'tries'],
	['images[].nsfw_detection_result.valid?', 'boolean', 'tries'],
];

/**
 * What Novita and Highway API have in common. Source:
 * https://novita.ai/docs/api-reference/model-apis-task-result
 */
const taskAnswers: ExpectedAnswers = {
	submit: { codes: [200], shape: shape(['task_id', 'string', 'must']) },
	status: {
		codes: [200],
		states: {
			path: 'task.status',
			values: [
				'TASK_STATUS_QUEUED',
				'TASK_STATUS_PROCESSING',
				'TASK_STATUS_SUCCEED',
				'TASK_STATUS_FAILED',
			],
		},
		shape: shape(...taskFields, ['images?', 'array|null', 'tries']),
		final: { state: 'TASK_STATUS_SUCCEED', shape: shape(...taskFields, ...imageFields) },
	},
};

export const novitaAnswers: ExpectedAnswers = {
	...taskAnswers,
	// https://novita.ai/docs/api-reference/basic-get-user-balance
	'credential test': {
		codes: [200],
		shape: shape(
			['availableBalance', 'string', 'no'],
			['cashBalance', 'string', 'no'],
			['creditLimit', 'string', 'no'],
			['pendingCharges', 'string', 'no'],
			['outstandingInvoices', 'string', 'no'],
		),
	},
};

export const highwayAnswers: ExpectedAnswers = {
	...taskAnswers,
	// Inferred: Highway API documents no call that checks a key, and its errors look like Novita's.
	'credential test': {
		codes: [404],
		shape: shape(
			['code', 'number', 'tries'],
			['reason', 'string', 'tries'],
			['message', 'string', 'no'],
			['metadata?', 'object|null', 'no'],
		),
	},
};
