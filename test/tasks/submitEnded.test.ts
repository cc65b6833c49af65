import { Failure } from '../../nodes/ZImage/errors/failure';
import { novita } from '../../nodes/ZImage/providers/novita';
import type {
	FailedTask,
	Provider,
	Submitted,
	SucceededTask,
} from '../../nodes/ZImage/providers/provider';
import { submitTask } from '../../nodes/ZImage/tasks/submit';
import { answer, errorOf, fakeClient, limits } from '../support/fakeClient';
import { imageRequest } from '../support/request';

/** Submits to a provider whose response to the submit says this. */
async function submitTo(submitted: Submitted) {
	const provider: Provider = { ...novita, parseSubmit: () => submitted };
	return await submitTask(fakeClient(provider, [answer(200)]), imageRequest(), limits());
}

async function failureTo(submitted: Submitted): Promise<Failure> {
	const error = await errorOf(submitTo(submitted));
	expect(error).toBeInstanceOf(Failure);
	return error as Failure;
}

const failed = (charged?: FailedTask['charged']): FailedTask => ({
	status: 'failed',
	reason: 'it is too late in the day',
	...(charged && { charged }),
});

const succeeded: SucceededTask = {
	status: 'succeeded',
	images: [
		{
			url: 'https://a.example/1.png',
			width: 512,
			height: 512,
			nsfw: null,
			expiresInSeconds: null,
		},
	],
	seed: 7,
	prompt: null,
};

// With an ID, the task can be looked up. Without one, it must be known that nothing is charged.
it.each<[Submitted['taskId'], FailedTask['charged']]>([
	['t', 'no'],
	['t', 'maybe'],
	['t', 'yes'],
	['t', undefined],
	[null, 'no'],
])('the ID %j and charged %j: the task has failed', async (taskId, charged) => {
	const { message, details } = await failureTo({ taskId, state: failed(charged) });
	expect(message).toBe('Novita could not make the image: it is too late in the day');
	expect(details.task).toMatchObject({ provider: 'novita', taskId, status: 'failed' });
	expect(details).not.toHaveProperty('isAmbiguous');
});

it.each<FailedTask['charged']>(['maybe', 'yes', undefined])(
	'no ID and charged %j: it may have been accepted',
	async (charged) => {
		const { message, details } = await failureTo({ taskId: null, state: failed(charged) });
		expect(message).toBe('Novita answered the request (HTTP 200), but it is too late in the day');
		expect(details).toMatchObject({ isAmbiguous: true, httpCode: 200 });
		expect(details).not.toHaveProperty('task');
	},
);

it.each(['t', null])('images at once, with the ID %j', async (taskId) => {
	const { task, state } = await submitTo({ taskId, state: { ...succeeded, costUsd: 0.25 } });
	expect(task).toMatchObject({ taskId, model: 'z-image-turbo', estimatedCostUsd: 0.25 });
	expect(state).toStrictEqual({ ...succeeded, costUsd: 0.25 });
});

it('an undocumented state leaves the task to be checked: it may be charged', async () => {
	const submitted = await submitTo({ taskId: 't', state: { status: 'unknown', value: 'PAUSED' } });
	expect(submitted).toMatchObject({
		task: { taskId: 't' },
		state: { status: 'pending', queued: true },
	});
});

it.each<Submitted['state']>([
	{ status: 'pending', queued: true },
	{ status: 'unknown', value: 'PAUSED' },
])("no ID and %j: the task can't be requested", async (state) => {
	const { message, details } = await failureTo({ taskId: null, state });
	expect(message).toBe('Novita answered the request (HTTP 200), but the response has no task ID');
	expect(details).toMatchObject({ isAmbiguous: true, httpCode: 200 });
});
