import type { FastifyInstance, FastifyRequest } from 'fastify';
import { jsonAnswer, type Answer } from '../../answer';
import type { Context } from '../../context';
import { respond, send } from '../../faults';
import { bodyOf } from '../../host';
import type { HostName } from '../../hosts';
import { parseSteering, promptOf, steeringProblem } from '../../steering';
import { workSynchronously } from '../../tasks';

/** The server of a flavor. */
export interface Place {
	readonly context: Context;
	readonly host: HostName;
}

/** A request's refusal, or a function that makes the images. */
export type Reading = Answer | (() => Promise<Answer>);

/** The differences between the servers with OpenAI's path for images. */
export interface Flavor {
	/** The path in front of `/v1`. */
	readonly path: string;
	/** The refusal, or undefined for a correct key. */
	readonly refuseKey: (header: string | undefined, key: string | undefined) => Answer | undefined;
	/** Its own error for a status code. */
	readonly errorFor: (status: number) => Answer;
	/** Refuses an unknown token of the sandbox. */
	readonly problem: (message: string) => Answer;
	/** A failed generation, with its reason. */
	readonly failure: (reason: string) => Answer;
	/** A prompt that moderation refuses. Undefined without moderation. */
	readonly moderated?: Answer;
	/** An empty balance. Undefined if nothing costs money. */
	readonly noMoney?: Answer;
	/** The body of `GET /v1/models`. */
	readonly models: object;
	readonly read: (place: Place, request: FastifyRequest) => Promise<Reading>;
}

/** The key that a host accepts. */
const keyOf = ({ context, host }: Place): string | undefined =>
	(context.keys as Readonly<Record<string, string>>)[host];

/** Refuses a request with a wrong key, and answers it. Undefined if the key is correct. */
export const refusalOf = (
	place: Place,
	flavor: Flavor,
	{ headers }: FastifyRequest,
): Answer | undefined => flavor.refuseKey(headers.authorization, keyOf(place));

/** Adds `/v1/images/generations` and `/v1/models`. The images are in the response: there are no tasks. */
export function addFlavor(host: FastifyInstance, place: Place, flavor: Flavor): void {
	const { context } = place;
	host.get(`${flavor.path}/v1/models`, (request, reply) =>
		send(reply, refusalOf(place, flavor, request) ?? jsonAnswer(200, flavor.models)),
	);
	host.post(`${flavor.path}/v1/images/generations`, async (request, reply) => {
		const refused = refusalOf(place, flavor, request);
		if (refused !== undefined) return await send(reply, refused);
		const prompt = promptOf(bodyOf(request).json);
		const steering = parseSteering(prompt, 'openaiCompatible');
		const problem = steeringProblem(steering);
		if (problem !== undefined) return await send(reply, flavor.problem(problem));
		if (steering.noMoney && flavor.noMoney) return await send(reply, flavor.noMoney);
		return await respond({
			context,
			stage: 'submit',
			key: `${place.host}${flavor.path} ${prompt}`,
			faults: steering.faults.submit,
			request,
			reply,
			error: flavor.errorFor,
			answer: async (accept) => {
				const reading = await flavor.read(place, request);
				if (typeof reading !== 'function') return reading;
				if (steering.moderate && flavor.moderated) return flavor.moderated;
				if (steering.fail === undefined) accept();
				await workSynchronously(context, place.host, steering);
				return steering.fail === undefined ? await reading() : flavor.failure(steering.fail.reason);
			},
		});
	});
}
