import type { IDataObject } from 'n8n-workflow';

import type { Lora } from '../../nodes/ZImage/providers/provider';
import type { Task } from '../../nodes/ZImage/tasks/task';
import { taskJson } from '../../nodes/ZImage/tasks/taskItem';

const task: Task = {
	provider: 'novita',
	model: 'z-image-turbo-lora',
	taskId: 'task-1',
	submittedAt: '2026-01-01T00:00:00.000Z',
	prompt: 'a lighthouse',
	seed: 7,
	loras: null,
	estimatedCostUsd: null,
};
/** As JSON. */
const pending = { ...task, status: 'pending' };
const lora: Lora = { path: 'owner/name', scale: 0.8 };
const named = { ...lora, name: 'Childrens drawings' };

it.each<[string, Task, IDataObject]>([
	['without a price or a preset', task, pending],
	[
		'with both',
		{ ...task, estimatedCostUsd: 0.005, loraPreset: 'Ghibli' },
		{ ...pending, estimatedCostUsd: 0.005, loraPreset: 'Ghibli' },
	],
])('a task %s as JSON', (_, given, expected) => {
	expect(taskJson(given)).toStrictEqual(expected);
});

it.each<[string, Task['loras'], unknown]>([
	['that nobody knows', null, null],
	['that there are none of', [], []],
	['of a preset, without its name', [named, lora], [lora, lora]],
])('a task as JSON has the LoRAs %s', (_, loras, expected) => {
	expect(taskJson({ ...task, loras })).toStrictEqual({ ...pending, loras: expected });
});
