import { ZodError } from 'zod';

import type {
	HttpAnswer,
	Provider,
	ProviderTasks,
	Submitted,
	TaskPage,
	TaskState,
} from '../../nodes/ZImage/providers/provider';
import { answer, documented } from './fakeClient';
import { fixtureNames, readFixture } from './fixture';

type Row =
	| readonly [fixture: string, parser: 'parseSubmit', Submitted]
	| readonly [fixture: string, parser: 'list', TaskPage]
	| readonly [
			fixture: string,
			parser: 'parseResult' | 'parseStatus' | 'trainingResult' | 'trainingStatus',
			TaskState,
	  ]
	| readonly [fixture: string, parser: 'errorText', string | undefined];

/** The calls about a training; their parsers are the same for every trainer. */
export function trainingTasks({ training }: Provider): ProviderTasks | undefined {
	return training?.tasks(training.trainers[0]);
}

function read(provider: Provider, fixture: string, parser: Row[1]): unknown {
	const given = documented(provider, fixture);
	switch (parser) {
		case 'errorText':
			return provider.errorText(given.body);
		case 'list':
			return provider.tasks?.list?.parse(given, { sinceMs: 0 });
		case 'parseSubmit':
			return provider.parseSubmit(given);
		case 'trainingStatus':
			return trainingTasks(provider)?.parseStatus(given, 'task');
		case 'trainingResult':
			return trainingTasks(provider)?.parseResult?.(given);
		case 'parseStatus':
			return provider.tasks?.parseStatus(given, 'task');
		case 'parseResult':
			return provider.tasks?.parseResult?.(given);
	}
}

/** A page, the provider's own program, or a mark from providers.md: [3P] reported by others, [INF] inferred. */
const knownOrigin =
	/https:\/\/\w|shared\/seeds\/00\d|(fal-ai\/|WaveSpeedAI\/|n8n-nodes-|npm |@huggingface\/|replicate-)\w|novita-sdk|\[(3P|INF)]/;

/** Tests how a provider reads each of its fixtures, and that no fixture is left out. */
export function describeAnswers(provider: Provider, rows: readonly Row[]): void {
	describe(`${provider.id}: documented answers`, () => {
		it.each(rows)('%s: %s', (fixture, parser, expected) => {
			expect(read(provider, fixture, parser)).toStrictEqual(expected);
		});

		it('has a row for every fixture', () => {
			const used = [...new Set(rows.map(([fixture]) => fixture))].sort();
			expect(used).toStrictEqual(fixtureNames(provider.id));
		});

		it.each(fixtureNames(provider.id))('%s states its source', (name) => {
			const { origin, statusCode } = readFixture(provider.id, name);
			expect(origin).toMatch(knownOrigin);
			expect(statusCode).toBeGreaterThanOrEqual(200);
		});
	});
}

/** Tests that unexpected bodies are told apart from documented ones: the parser throws. */
export function describeForeignBodies(
	title: string,
	parse: (answer: HttpAnswer) => unknown,
	bodies: readonly unknown[],
): void {
	it.each(bodies.map((body) => [JSON.stringify(body) ?? 'no body', body]))(
		`${title} throws on %s`,
		(_, body) => {
			expect(() => parse(answer(200, body))).toThrow(ZodError);
		},
	);
}
