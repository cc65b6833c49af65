import { providers } from '../../nodes/ZImage/providers/registry';
import { FAULTS } from '../../sandbox/emulator/steeringGrammar';
import { credentialsFor } from '../support/credentials';
import { runWorkflow } from '../support/runWorkflow';
import { useSandbox } from '../support/sandboxes';

const getSandbox = useSandbox();

/** These only take long. */
const slow = ['hang', 'drip', 'late-drip', 'switch'];

/**
 * Possible outcomes of the submit. A status code is a refusal in the provider's own words. All others are
 * accepted.
 */
const faults: readonly string[] = [
	...[400, 401, 402, 403, 404, 409, 422, 429, 500, 502, 503, 504, 520].map(String),
	...FAULTS.filter(({ stages }) => stages.some((stage) => stage === 'submit'))
		.map((fault): string => fault.name)
		.filter((name) => !slow.includes(name)),
];

/** Providers that charge nothing. */
const free = ['comfyui', 'sdcpp'];

const cases = providers.flatMap(({ id }) => faults.map((fault) => [id, fault] as const));

describe.each([
	['continueRegularOutput', 1],
	['stopWorkflow', 3],
] as const)('with On Error: %s, tried %i times', (onError, maxTries) => {
	it.each(cases)('%s, submit=%s: at most one of the providers charges', async (id, fault) => {
		const sandbox = getSandbox();
		const parameters = {
			provider: id,
			prompt: `a [sandbox:${id}/submit=${fault}] boat`,
			fallbackProviders: [id === 'wavespeed' ? 'novita' : 'wavespeed'],
			options: { timeoutSeconds: 20 },
		};
		const { json, error } = await runWorkflow({
			steps: [{ type: 'zImageGenerate', parameters, onError, ...(maxTries > 1 && { maxTries }) }],
			credentials: credentialsFor(sandbox),
		});
		const [item = (error?.context.data ?? {}) as (typeof json)[number]] = json;
		const isDone = item.status === 'succeeded' && item.error === undefined;
		const accepted = sandbox.accepted.length;
		expect(accepted).toBeLessThanOrEqual(1);
		if (isDone) expect(accepted).toBe(1);
		else if (accepted === 1 && !free.includes(id)) expect(item.charged).not.toBe('no');
	});
});
