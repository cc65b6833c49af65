import { jsonAnswer, type Answer } from '../../answer';
import { parseSteering, steeringProblem, type Steering } from '../../steering';
import { evaluate } from './evaluate';
import { graphOf } from './graph';
import type { World } from './nodes/nodeClass';
import type { ComfyUiVersion } from './options';
import type { Submit } from './queue';
import { str } from './python';
import { validatePrompt, type NodeErrors } from './validation';

/** A prompt that the server accepts. */
export interface CheckedSubmit extends Submit {
	/** The text that is drawn, which steers the sandbox. */
	readonly prompt: string;
	readonly steering: Steering;
	readonly nodeErrors: Readonly<Record<string, NodeErrors>>;
}

export type Body = Readonly<Record<string, unknown>>;

const refuseWith = (type: string, message: string, details = message): Answer =>
	jsonAnswer(400, { error: { type, message, details, extra_info: {} }, node_errors: {} });

/** The canonical form, in lower case. [Comfy-Org/ComfyUI comfy_execution/jobs.py @172be43: validate_job_id] */
const JOB_ID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
export const isJobId = (id: unknown): boolean => typeof id === 'string' && JOB_ID.test(id);

/**
 * Reads the body of `POST /prompt`, or refuses it. [Comfy-Org/ComfyUI server.py @002c3fb: post_prompt]
 * @param nextNumber the queue number of a prompt without one
 */
export function readSubmit(
	body: Body,
	world: World,
	version: ComfyUiVersion,
	nextNumber: () => number,
): CheckedSubmit | Answer {
	const { prompt: sent, prompt_id: id, extra_data: extra, client_id: clientId } = body;
	const place = body['number'] === undefined ? nextNumber() : Number(body['number']);
	const number = body['number'] === undefined && body['front'] === true ? -place : place;
	if (sent === undefined) return refuseWith('no_prompt', 'No prompt provided');
	const ownId = id === undefined || id === null ? undefined : id;
	if (version === 'current' && ownId !== undefined && !isJobId(ownId)) {
		return refuseWith(
			'invalid_prompt_id',
			'prompt_id must be a valid UUID',
			'prompt_id must be a UUID string in canonical lowercase hyphenated form; omit it to let the server generate one',
		);
	}
	const { error, nodeErrors, outputs: ends } = validatePrompt(sent, world, version);
	if (error !== undefined) return jsonAnswer(400, { error, node_errors: nodeErrors });
	const graph = graphOf(sent);
	const { prompt } = evaluate(graph, ends, world);
	const steering = parseSteering(prompt, 'comfyui');
	const problem = steeringProblem(steering);
	if (problem !== undefined) return refuseWith('invalid_prompt', problem);
	return {
		id: ownId === undefined ? undefined : str(ownId),
		graph,
		ends,
		extraData: {
			...(extra as Body | undefined),
			...(clientId !== undefined && { client_id: clientId }),
		},
		number,
		prompt,
		steering,
		nodeErrors,
	};
}
