import { aimlapi } from '../../nodes/ZImage/providers/aimlapi';
import { fal } from '../../nodes/ZImage/providers/fal';
import { highway } from '../../nodes/ZImage/providers/highway';
import { novita } from '../../nodes/ZImage/providers/novita';
import type { Provider } from '../../nodes/ZImage/providers/provider';

const requests = '/fal-ai/z-image/requests';

describe('fal', () => {
	it.each([
		['80e732af-660e-45cd-bd63-580e4f2a94cc', '80e732af-660e-45cd-bd63-580e4f2a94cc'],
		['../../admin', '..%2F..%2Fadmin'],
		['a?logs=1#x', 'a%3Flogs%3D1%23x'],
		['a b/ü', 'a%20b%2F%C3%BC'],
		['%2e%2e', '%252e%252e'],
	])('asks for the task %s by app, not by endpoint', (taskId, escaped) => {
		const { status, statusStream, result, cancel } = fal.tasks;
		const calls = [status, statusStream, result, cancel].map((call) => call(taskId));
		expect(calls).toStrictEqual([
			{ method: 'GET', path: `${requests}/${escaped}/status` },
			{
				method: 'GET',
				path: `${requests}/${escaped}/status/stream`,
				headers: { Accept: 'text/event-stream' },
			},
			{ method: 'GET', path: `${requests}/${escaped}`, holdsImages: true },
			{ method: 'PUT', path: `${requests}/${escaped}/cancel` },
		]);
	});
});

describe.each([novita, highway])('$id', (provider: Provider) => {
	it.each(['830d9c90-d53f-4c5a-8009-xxx', 'a&task_id=b', '../x', 'a b'])(
		'uses the task %s unchanged, because the query is escaped when it is sent',
		(taskId) => {
			expect(provider.tasks?.status(taskId)).toStrictEqual({
				method: 'GET',
				path: '/v3/async/task-result',
				query: { task_id: taskId },
				holdsImages: true,
			});
		},
	);

	it('has one call for status and result, and documents no cancel', () => {
		expect(Object.keys(provider.tasks ?? {}).sort()).toStrictEqual([
			'namedTask',
			'parseStatus',
			'status',
		]);
	});
});

it('aimlapi has no tasks', () => {
	const provider: Provider = aimlapi;
	expect(provider.tasks).toBeUndefined();
});
