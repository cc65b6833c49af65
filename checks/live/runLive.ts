import { allDifferences, checkProvider } from './checkProvider';
import type { Outcome } from './checkProvider';
import { readCommandLine, usage, UsageError } from './commandLine';
import type { Plans } from './plan';
import { describePlan, makePlans } from './plan';
import { lastLine, renderOutcome } from './report';
import { Secrets } from './secrets';

/** 0: everything is as the nodes need it. 1: something that they rely on differs. 2: nothing was sent. */
export type ExitCode = 0 | 1 | 2;

/** What the live check needs from its environment. */
export interface Surroundings {
	/** Writes output, with keys removed. */
	readonly environment: Record<string, string | undefined>;
	readonly say: (text: string) => void;
	/** Asks the person at the terminal. Unset if there is none. */
	readonly ask?: (question: string) => Promise<string>;
}

function missingKeys({ plans, withoutKey }: Plans): string[] {
	if (plans.length > 0 && withoutKey.length === 0) return [];
	return withoutKey.map(
		({ provider, keyNames }) => `${provider.displayName}: no key in ${keyNames.join(' or ')}`,
	);
}

async function isConfirmed(ask: Surroundings['ask'], say: Surroundings['say']): Promise<boolean> {
	if (!ask) {
		say('Nothing is sent without an explicit yes: add --yes.');
		return false;
	}
	const answer = await ask('Send this, at your cost? Type yes: ');
	if (/^yes$/i.test(answer.trim())) return true;
	say('Nothing was sent.');
	return false;
}

/** The whole live check, without its process. */
export async function runLive(
	args: readonly string[],
	{ environment, say, ask }: Surroundings,
): Promise<ExitCode> {
	let plans: Plans;
	let hasYes: boolean;
	let isAsked: boolean;
	try {
		const options = readCommandLine(args);
		if (options.wantsHelp) {
			say(usage);
			return 2;
		}
		plans = makePlans(options, environment);
		hasYes = options.isConfirmed;
		isAsked = options.providers.length > 0;
	} catch (error) {
		if (!(error instanceof UsageError)) throw error;
		say(`${error.message}\n\n${usage}`);
		return 2;
	}
	const secrets = new Secrets(plans.plans.map(({ key }) => key.key));
	const print = (text: string): void => say(secrets.hide(text));
	for (const text of missingKeys(plans)) print(text);
	// A provider that was named explicitly must not be skipped silently.
	if (plans.plans.length === 0 || (isAsked && plans.withoutKey.length > 0)) {
		print('Nothing was sent.');
		return 2;
	}
	print(`This sends real requests:\n\n${plans.plans.map(describePlan).join('\n')}\n`);
	if (!hasYes && !(await isConfirmed(ask, print))) return 2;
	const outcomes: Outcome[] = [];
	for (const plan of plans.plans) {
		const outcome = await checkProvider(plan);
		outcomes.push(outcome);
		print(`${renderOutcome(outcome)}\n`);
	}
	print(lastLine(outcomes));
	return outcomes.some((outcome) => allDifferences(outcome).some(({ breaks }) => breaks)) ? 1 : 0;
}
