import { callsOf } from './classify';
import { isAccepted, sendCredentialTest } from './credentialTest';
import type { Facts } from './facts';
import { gatherFacts } from './facts';
import type { Generated } from './generateOne';
import { generateOne } from './generateOne';
import type { Call, JudgedKind } from './judge';
import { judgeCalls } from './judge';
import type { Plan } from './plan';
import { credentialOf } from './plan';
import { Recorder } from './recorder';
import type { Difference } from './shape';

/** The result of the live check of one provider. */
export interface Outcome {
	readonly plan: Plan;
	readonly kinds: readonly JudgedKind[];
	/** Differences that don't belong to one kind of response. */
	readonly others: readonly Difference[];
	readonly facts: Facts;
}

async function testCredential(plan: Plan, recorder: Recorder): Promise<Call[]> {
	const { subject, timeoutSeconds } = plan;
	const { credentialType } = subject.provider;
	await sendCredentialTest(credentialType, credentialOf(plan), timeoutSeconds).catch(
		() => undefined,
	);
	return recorder.take().map((exchange) => ({ kind: 'credential test' as const, exchange }));
}

function keyDifferences({ subject }: Plan, calls: readonly Call[]): Difference[] {
	const [call] = calls;
	if (!call) return [{ breaks: true, text: 'the test of the credential got no answer' }];
	const { statusCode, json } = call.exchange;
	if (isAccepted(subject.provider.credentialType, statusCode, json)) return [];
	return [{ breaks: true, text: 'the provider refuses the key: nothing was generated' }];
}

/** Requests one image from a provider with the node itself, and checks every response. */
export async function checkProvider(plan: Plan): Promise<Outcome> {
	const recorder = new Recorder();
	recorder.start();
	try {
		const calls = await testCredential(plan, recorder);
		const others = keyDifferences(plan, calls);
		const isKeyGood = others.length === 0;
		let generated: Generated = {};
		if (isKeyGood) {
			generated = await generateOne(plan);
			calls.push(...callsOf(plan, recorder.take()));
			if (generated.error !== undefined) {
				others.push({ breaks: true, text: `Generate failed: ${generated.error}` });
			}
			if (plan.subject.balanceUsd) calls.push(...(await testCredential(plan, recorder)));
		}
		const facts = gatherFacts(plan, generated, calls);
		return {
			plan,
			kinds: judgeCalls(calls, plan.subject.answers),
			others: [...others, ...facts.differences],
			facts: isKeyGood ? facts : { lines: [], differences: [], costUsd: 0 },
		};
	} finally {
		recorder.stop();
	}
}

/** Everything in which the provider differs from its documentation. */
export function allDifferences({ kinds, others }: Outcome): Difference[] {
	return [...kinds.flatMap(({ differences }) => differences), ...others];
}
