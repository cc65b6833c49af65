import type { FieldRow } from '../shape';
import { shape } from '../shape';
import type { ExpectedAnswers } from './expected';

const prediction: readonly FieldRow[] = [
	['model', 'string', 'no'],
	['version', 'string', 'no'],
	['input', 'object', 'no'],
	['logs', 'string|null', 'no'],
	['error', 'string|null', 'tries'],
	['status', 'string', 'must'],
	['data_removed', 'boolean', 'tries'],
	['created_at', 'string', 'no'],
	['started_at?', 'string|null', 'no'],
	['completed_at?', 'string|null', 'no'],
	['metrics?', 'object|null', 'no'],
	['urls', 'object', 'no'],
	['urls.get', 'string', 'no'],
	['urls.cancel', 'string', 'no'],
	['urls.stream?', 'string|null', 'no'],
	['urls.web?', 'string', 'no'],
];

const open: readonly FieldRow[] = [...prediction, ['output', 'string|array|null', 'tries']];
const id: FieldRow = ['id', 'string', 'tries'];

/** Source: https://replicate.com/docs/reference/http (account.get, models.predictions.create, predictions.get) */
export const replicateAnswers: ExpectedAnswers = {
	'credential test': {
		codes: [200],
		shape: shape(
			['type', 'string', 'no'],
			['username', 'string', 'no'],
			['name', 'string|null', 'no'],
			['github_url?', 'string|null', 'no'],
		),
	},
	submit: { codes: [201], shape: shape(['id', 'string', 'must'], ...open) },
	status: {
		codes: [200],
		states: {
			path: 'status',
			values: ['starting', 'processing', 'succeeded', 'failed', 'canceled'],
		},
		shape: shape(id, ...open),
		final: { state: 'succeeded', shape: shape(id, ...prediction, ['output', 'string', 'must']) },
	},
};
