import type { FieldRow } from '../shape';
import { shape } from '../shape';
import type { ExpectedAnswers } from './expected';

const job: readonly FieldRow[] = [
	['id', 'string', 'must'],
	['status', 'string', 'must'],
	['priority', 'number', 'no'],
	['create_time?', 'number', 'no'],
	['execution_start_time?', 'number', 'no'],
	['execution_end_time?', 'number', 'no'],
	['execution_error?', 'object', 'tries'],
	['execution_status?', 'object', 'tries'],
	['outputs_count', 'number', 'no'],
	['previewable_outputs_count?', 'number', 'no'],
	['preview_output?', 'object', 'no'],
	['workflow_id?', 'string', 'no'],
	['workflow?', 'object', 'no'],
];

/**
 * For a server with the jobs API. An older one answers the status call with 404. Source:
 * https://github.com/Comfy-Org/ComfyUI (server.py, comfy_execution/jobs.py)
 */
export const comfyuiAnswers: ExpectedAnswers = {
	'credential test': {
		codes: [200],
		shape: shape(['system', 'object', 'no'], ['devices', 'array', 'no']),
	},
	submit: {
		codes: [200],
		shape: shape(
			['prompt_id', 'string', 'must'],
			['number', 'number', 'no'],
			['node_errors', 'object', 'no'],
		),
	},
	status: {
		codes: [200],
		states: {
			path: 'status',
			values: ['pending', 'in_progress', 'completed', 'failed', 'cancelled'],
		},
		shape: shape(...job, ['outputs?', 'object', 'may']),
		final: { state: 'completed', shape: shape(...job, ['outputs', 'object', 'must']) },
	},
};
