/**
 * What a prompt can ask of the sandbox: `[sandbox:NAME]` or `[sandbox:NAME=VALUE]`, anywhere in the prompt, for
 * any provider. `[sandbox:PROVIDER/NAME]` is for one of them.
 */
import { PROVIDERS, type ProviderName } from './hosts';
import { FAIL_WAYS, FAULTS, STAGES, TOKENS, type Steering } from './steeringGrammar';

export type { Fault, Stage, Steering } from './steeringGrammar';

/**
 * Reads a prompt's tokens for one provider. They stay in the prompt, because a provider wouldn't remove them
 * either.
 */
export function parseSteering(prompt: string, provider: ProviderName | undefined): Steering {
	const steering: Steering = {
		never: false,
		failAs: '500',
		isUncancelable: false,
		isForgotten: false,
		isCharged: false,
		isBadArchive: false,
		isCachedWithoutOutputs: false,
		nsfw: false,
		noMoney: false,
		inline: false,
		faults: { submit: [], status: [], stream: [], result: [], list: [], download: [] },
		problems: [],
	};
	for (const [text, scope, name = '', value = ''] of prompt.matchAll(
		/\[sandbox:(?:([^\]=/]*)\/)?([^\]=]*)=?([^\]]*)\]/g,
	)) {
		const token = TOKENS.find((candidate) => candidate.name === name.trim());
		try {
			if (token === undefined) throw new Error(name);
			if (scope !== undefined && !PROVIDERS.some((known) => known === scope.trim())) {
				throw new Error(scope);
			}
			// For another provider's token, only the name is checked.
			if (scope !== undefined && scope.trim() !== provider) continue;
			token.read(value.trim(), steering);
		} catch {
			steering.problems.push(text);
		}
	}
	return steering;
}

/** The rows of the table in README.md: every token, and the values after `fail-as=` and after a stage. */
export function steeringRows(): { token: string; meaning: string }[] {
	return [
		...TOKENS.map(({ examples, meaning }) => ({
			token: examples.map((example) => `\`[sandbox:${example}]\``).join(' '),
			meaning,
		})),
		...FAIL_WAYS.map(({ way, meaning }) => ({
			token: `\`fail-as=${way}\``,
			meaning: `${meaning}.`,
		})),
		{
			token: '`STAGE=503` `STAGE=429;retry-after=2` `STAGE=429;retry-after-date`',
			meaning:
				"Any stage: that HTTP status, with the provider's own error body (`200` is WaveSpeed's error inside a 200); `;retry-after=S` adds the header in seconds, `;retry-after-date=S` as a date.",
		},
		...FAULTS.map(({ name, stages, meaning }) => ({
			token: `\`${stages.length === STAGES.length ? 'STAGE' : stages.join('/')}=${name}\``,
			meaning: `${meaning.charAt(0).toUpperCase()}${meaning.slice(1)}.`,
		})),
		{
			token: '`STAGE=FAULT*N`',
			meaning:
				'Only the first N requests of that stage; then the next token of the same stage, or a normal answer.',
		},
		{
			token: '`[sandbox:fal/submit=503]`',
			meaning: `Any token, only for that provider: ${PROVIDERS.map((name) => `\`${name}\``).join(', ')}.`,
		},
	];
}

/**
 * The prompt of a request body of any shape, on its own or in its `input`, or its equivalent in a training.
 * Empty if there is none.
 */
export function promptOf(body: unknown): string {
	const prompt =
		fieldOf(body, 'prompt') ??
		fieldOf(fieldOf(body, 'input'), 'prompt') ??
		fieldOf(body, 'default_caption') ??
		fieldOf(body, 'trigger_word');
	return typeof prompt === 'string' ? prompt : '';
}

const fieldOf = (value: unknown, name: string): unknown =>
	typeof value === 'object' && value !== null
		? (value as Record<string, unknown>)[name]
		: undefined;

/** The message for a mistyped token. */
export function steeringProblem({ problems }: Steering): string | undefined {
	return problems.length === 0
		? undefined
		: `The sandbox does not know ${problems.join(' ')}; see sandbox/README.md`;
}
