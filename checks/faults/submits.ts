import { promptOf } from '../../sandbox/emulator/steering';
import type { AcceptedSubmit } from '../../sandbox/emulator/server';

/** The fields of the responses to submits, for all providers. */
interface SubmitAnswer {
	readonly request_id?: string;
	readonly task_id?: string;
	readonly id?: string;
	readonly prompt_id?: string;
	readonly data?: { readonly id?: string } | ReadonlyArray<{ readonly url?: string }>;
}

interface GraphNode {
	readonly class_type?: string;
	readonly inputs?: { readonly text?: unknown };
}

/** The prompt in the body of a submit, for all providers. In a ComfyUI graph it is a node's text. */
export function submittedPrompt(body: unknown): string {
	const { prompt } = (body ?? {}) as { readonly prompt?: unknown };
	if (typeof prompt !== 'object' || prompt === null) return promptOf(body);
	const nodes = Object.values(prompt) as GraphNode[];
	return String(nodes.find(({ class_type }) => class_type === 'CLIPTextEncode')?.inputs?.text);
}

/** Whether a URL is where a provider is asked for a place to upload to. */
export function asksForPlace(url: string): boolean {
	return /^\/(storage\/upload\/initiate|api\/v3\/media\/uploads)/.test(url);
}

const answerOf = ({ answer }: AcceptedSubmit): SubmitAnswer => answer ?? {};

/** The task's ID in the response to a submit. */
export function taskIdOf(submit: AcceptedSubmit): string | undefined {
	const { request_id, task_id, id, prompt_id, data } = answerOf(submit);
	return request_id ?? task_id ?? id ?? prompt_id ?? (data && 'id' in data ? data.id : undefined);
}

/** What identifies an accepted task: its ID, or the links of its images. */
export function handlesOf(submit: AcceptedSubmit): string[] {
	const taskId = taskIdOf(submit);
	if (taskId !== undefined) return [taskId];
	const { data } = answerOf(submit);
	return Array.isArray(data) ? data.flatMap(({ url }: { url?: string }) => url ?? []) : [];
}
