import type { FieldRow } from '../shape';
import { shape } from '../shape';
import type { ExpectedAnswers } from './expected';

const envelope: readonly FieldRow[] = [
	['code', 'number', 'tries'],
	['message', 'string', 'tries'],
	['data', 'object', 'must'],
];

const prediction: readonly FieldRow[] = [
	...envelope,
	['data.model', 'string', 'no'],
	['data.urls', 'object', 'no'],
	['data.urls.get', 'string', 'no'],
	['data.has_nsfw_contents', 'array|null', 'tries'],
	['data.created_at', 'string', 'no'],
	['data.error', 'string|null', 'tries'],
	['data.code?', 'number|null', 'tries'],
	['data.executionTime', 'number', 'no'],
	['data.timings', 'object|null', 'no'],
	['data.timings.inference', 'number', 'no'],
];

const outputs: FieldRow = ['data.outputs', 'array|null', 'tries'];
const id: FieldRow = ['data.id', 'string', 'tries'];
const status: FieldRow = ['data.status', 'string', 'must'];

/** Sources: https://wavespeed.ai/docs/shared/submit-response, https://wavespeed.ai/docs/get-result */
export const wavespeedAnswers: ExpectedAnswers = {
	// https://wavespeed.ai/docs/docs-common-api/balance
	'credential test': { codes: [200], shape: shape(...envelope, ['data.balance', 'number', 'no']) },
	submit: {
		codes: [200],
		shape: shape(
			...prediction,
			['data.id', 'string', 'must'],
			['data.status', 'string', 'tries'],
			outputs,
		),
	},
	status: {
		codes: [200],
		states: { path: 'data.status', values: ['created', 'processing', 'completed', 'failed'] },
		shape: shape(...prediction, id, status, outputs),
		final: {
			state: 'completed',
			shape: shape(...prediction, id, status, ['data.outputs', 'array', 'must']),
		},
	},
};
