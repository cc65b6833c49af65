import type { IDataObject, INode } from 'n8n-workflow';

import { getTaskResult } from '../../nodes/ZImage/getTaskResult/execute';
import { recordingClock } from '../support/recordingClock';
import { Failure } from '../../nodes/ZImage/errors/failure';
import { strictContext } from '../support/strictContext';

/** Runs the node with one item, and returns the paths that it requested. There is no response. */
async function fetchTask(taskId: unknown, json: IDataObject = {}) {
	const urls: string[] = [];
	const node = {
		name: 'Z-Image Get Task Result',
		type: 'zImageGetTaskResult',
		parameters: {},
	} as INode;
	const parameters: Record<string, unknown> = { provider: 'fal', mode: 'check', taskId };
	const context = strictContext({
		getNode: () => node,
		getInputData: () => [{ json }],
		getNodeParameter: (name: string, _: number, fallback?: unknown) =>
			name in parameters ? parameters[name] : fallback,
		getCredentials: async () => ({ apiKey: 'secret' }),
		getExecutionCancelSignal: () => undefined,
		getExecutionDataById: undefined,
		getExecutionId: () => '12',
		getContext: () => ({}),
		continueOnFail: () => false,
		helpers: {
			async httpRequestWithAuthentication(_: string, { url }: { url: string }) {
				urls.push(url);
				throw new Failure('Asked');
			},
		},
	});
	const error = await getTaskResult(context, recordingClock()).catch((reason: unknown) => reason);
	return { message: (error as Error).message, urls };
}

const statusUrl = (path: string) => `https://queue.fal.run/fal-ai/z-image/requests/${path}/status`;

// A URL's dots are resolved before it is sent, so the key would go to another call of the API.
it.each(['.', '..', '...', ' .. ', '....'])('refuses the task ID %j', async (taskId) => {
	expect(await fetchTask(taskId)).toStrictEqual({
		message: `"${taskId.trim()}" is not a valid task ID`,
		urls: [],
	});
	expect(await fetchTask('', { taskId })).toMatchObject({ urls: [] });
});

it.each([undefined, null, '', ' ', '\n'])('refuses the empty task ID %j', async (taskId) => {
	expect(await fetchTask(taskId)).toStrictEqual({ message: 'Task ID is empty', urls: [] });
});

it.each([
	['task-1', 'task-1'],
	[' task-1\n', 'task-1'],
	['a.b', 'a.b'],
	['..a', '..a'],
	['../..', '..%2F..'],
	['./.', '.%2F.'],
	['%2e%2e', '%252e%252e'],
	[7, '7'],
])('requests the task ID %j', async (taskId, path) => {
	expect(await fetchTask(taskId)).toMatchObject({ message: 'Asked', urls: [statusUrl(path)] });
	// The URL that is really sent has the same path.
	expect(new URL(statusUrl(path)).href).toBe(statusUrl(path));
});
