import { highway } from '../../nodes/ZImage/providers/highway';
import { describeAnswers } from '../support/describeAnswers';

describeAnswers(highway, [
	['submit', 'parseSubmit', { taskId: '<string>', state: { status: 'pending', queued: true } }],

	['taskQueued', 'parseStatus', { status: 'pending', queued: true }],
	['taskProcessing', 'parseStatus', { status: 'pending', queued: false }],
	[
		'taskSucceed',
		'parseStatus',
		{
			status: 'succeeded',
			images: [
				{
					url: 'https://faas-output-image.s3.ap-southeast-1.amazonaws.com/prod/xxx',
					width: null,
					height: null,
					nsfw: null,
					expiresInSeconds: 3600,
				},
			],
			seed: 158881667,
			prompt: null,
		},
	],
	['taskFailed', 'parseStatus', { status: 'failed', reason: 'task execution failed' }],

	['errorFailedToAuth', 'errorText', '无效令牌 (FAILED_TO_AUTH)'],
	['errorNoBalance', 'errorText', 'Insufficient balance (NOT_ENOUGH_BALANCE)'],
	['errorTaskNotFound', 'errorText', 'Task not found (TASK_NOT_FOUND)'],
	['errorNotAvailable', 'errorText', 'Service unavailable (SERVICE_NOT_AVAILABLE)'],
]);
