import type { IDataObject } from 'n8n-workflow';

import type { Lora } from '../providers/provider';

/** An accepted task, with what Get Task Result needs to fetch it and to label its images. */
export interface Task {
	readonly provider: string;
	/** `null` where only the task's ID was given. */
	readonly model: string | null;
	/** `null` for a synchronous provider, which names no task. */
	readonly taskId: string | null;
	/** ISO 8601. */
	readonly submittedAt: string | null;
	readonly prompt: string | null;
	readonly seed: number | null;
	readonly loras: readonly Lora[] | null;
	/** Of the whole task in US dollars; `null` where no price is documented. */
	readonly estimatedCostUsd: number | null;
	/** What Apply LoRA Preset calls the styles, by which images can be told apart. */
	readonly loraPreset?: string;
}

/** The task as an item's `json`, in the form that Get Task Result takes. */
export function taskJson(task: Task): IDataObject {
	const { provider, model, taskId, submittedAt, prompt, seed, estimatedCostUsd } = task;
	const { loraPreset } = task;
	const loras = task.loras?.map(({ path, scale }) => ({ path, scale })) ?? null;
	return {
		provider,
		model,
		taskId,
		status: 'pending',
		submittedAt,
		prompt,
		seed,
		loras,
		estimatedCostUsd,
		...(loraPreset !== undefined && { loraPreset }),
	};
}
