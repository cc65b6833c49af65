import { z } from 'zod';

import { listOf, optionalFields, optionalNumber, optionalText, taskId } from '../shared/tolerant';

/** Source of all: https://github.com/Comfy-Org/ComfyUI (server.py, execution.py, comfy_execution/jobs.py) */
export const submitSchema = z.object({ prompt_id: taskId });

const fileSchema = z.object({
	filename: z.string().min(1),
	subfolder: z.string().catch(''),
	type: z.string().catch('output'),
});

export type OutputFile = z.output<typeof fileSchema>;

/** Of each node that has put something out. */
const outputsSchema = z
	.record(z.string(), optionalFields({ images: listOf(fileSchema) }))
	.catch({});

/** What went wrong in a node. The traceback and the inputs hold paths of the server and the prompt, and are not read. */
const errorSchema = optionalFields({
	exception_message: optionalText,
	exception_type: optionalText,
	node_type: optionalText,
});

/** The nodes that an execution had no work with. */
export const cachedSchema = optionalFields({ nodes: listOf(z.string()) });

const messageSchema = z.tuple([z.string(), z.unknown()]).rest(z.unknown());

const statusSchema = optionalFields({
	status_str: optionalText,
	messages: listOf(messageSchema),
});

export const jobSchema = z.object({
	id: taskId,
	status: z.string().trim(),
	outputs: outputsSchema,
	execution_error: errorSchema,
	execution_status: statusSchema,
});

/** The list of jobs doesn't contain their graphs. */
export const jobsSchema = z.object({
	jobs: z.array(z.object({ id: taskId, status: optionalText, create_time: optionalNumber })),
	pagination: z.object({ offset: z.number(), has_more: z.boolean() }),
});

const historyEntrySchema = z.object({ outputs: outputsSchema, status: statusSchema });

export type HistoryEntry = z.output<typeof historyEntrySchema>;

export const historySchema = z.record(z.string(), historyEntrySchema);

export { errorSchema as executionErrorSchema };

const queueItemSchema = z.tuple([z.unknown(), taskId]).rest(z.unknown());

export const queueSchema = z.object({
	queue_running: listOf(queueItemSchema),
	queue_pending: listOf(queueItemSchema),
});

export const jobErrorSchema = z.object({ error: z.string() });

export const cancelSchema = z.object({ cancelled: z.boolean() });

export const uploadSchema = z.object({
	name: z.string().min(1),
	subfolder: z.string().catch(''),
});

/** Names of files in a folder of models. On Windows they hold backslashes. */
export const namesSchema = z.array(z.string());

const nodeErrorSchema = optionalFields({
	class_type: optionalText,
	errors: listOf(
		z.object({
			type: z.string(),
			message: optionalText,
			details: optionalText,
			extra_info: optionalFields({ input_name: optionalText, received_value: optionalText }),
		}),
	),
});

/** Why a graph was refused. */
export const promptErrorSchema = z.object({
	error: z.object({ type: z.string(), message: optionalText, details: optionalText }),
	node_errors: z.record(z.string(), nodeErrorSchema),
});
