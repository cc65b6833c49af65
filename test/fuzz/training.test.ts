import fc from 'fast-check';
import { ZodError } from 'zod';

import { Failure } from '../../nodes/ZImage/errors/failure';
import type {
	HttpAnswer,
	Provider,
	TaskState,
	Trainer,
} from '../../nodes/ZImage/providers/provider';
import { trainingProviders } from '../../nodes/ZImage/providers/registry';
import { loraJson } from '../../nodes/ZImage/tasks/taskItem';
import type { Task } from '../../nodes/ZImage/tasks/task';
import type { TrainingParameters } from '../../nodes/ZImage/trainLora/parameters';
import { planTraining } from '../../nodes/ZImage/trainLora/trainingRequest';
import { captionOf } from '../../nodes/ZImage/trainLora/trainingSet';
import { toName } from '../../nodes/ZImage/values';
import { firstTrainer, trainer } from '../../sandbox/emulator/providers/fal/trainingFields';
import { training as waveSpeedTraining } from '../../sandbox/emulator/providers/wavespeed/trainingFields';
import { answer } from '../support/fakeClient';
import { startMs } from '../support/recordingClock';
import { bodiesLike, documentedBodies, oddNumbers, oddTexts } from './bodies';
import type { Choices } from './choices';
import { casesOf, check } from './choices';

/** What each trainer takes, as its documents say; WaveSpeed's have no bounds for the steps. */
const bodies = {
	'fal-ai/z-image-turbo-trainer-v2': trainer,
	'fal-ai/z-image-trainer': firstTrainer,
	'fal-ai/z-image-base-trainer': trainer,
	'wavespeed-ai/z-image-lora-trainer': waveSpeedTraining.omit({ steps: true }).passthrough(),
} as const;

/** Fewer than of the parsers of images, which have the same parts. */
const runs = { numRuns: 5_000 };

const archiveUrl = 'https://a.example/images.zip';
const words = ['ohwx', 'a mug', 'ＯＨＷＸ', 'ß', '1', '猫', 'ohwx, a mug.', 'oh\u0301wx'] as const;
const numbers = [...oddNumbers, 10, 100, 150, 1000, 40_000, 0.0001, 0.1] as const;

/** What an expression may put anywhere. */
function anyText(choices: Choices): string {
	const parts = Array.from({ length: choices.below(4) }, () =>
		choices.pick<string>([...words, ...oddTexts]),
	);
	return parts.join(choices.pick(['', ' ', ', ', '\n']));
}

function anyNumber(choices: Choices): unknown {
	const number = choices.pick(numbers);
	return choices.pick([
		number,
		number,
		String(number),
		undefined,
		null,
		'',
		anyText(choices),
		[number],
	]);
}

interface Case {
	readonly provider: Provider;
	readonly parameters: TrainingParameters;
}

const cases = casesOf((choices): Case => {
	const provider: Provider = choices.pick(trainingProviders);
	const ids = provider.training?.trainers.map(({ id }) => id) ?? [];
	return {
		provider,
		parameters: {
			trainer: choices.pick<unknown>([...ids, undefined, 'v0']),
			source: choices.pick(['binary', 'zipUrl']),
			triggerWord: toName(choices.pick([...words, anyText(choices), undefined]), 'Trigger Word'),
			steps: choices.pick([1000, 300, anyNumber(choices)]),
			learningRate: choices.pick([undefined, 0.0002, anyNumber(choices)]),
			images: [{ files: {}, field: 'data', caption: choices.pick([undefined, anyText(choices)]) }],
			zipUrl: undefined,
			mode: 'submit',
			options: {
				trainingType: choices.pick([undefined, 'style', 'content', 'balanced', 'face', '']),
			},
		},
	};
});

const hasWord = (caption: string, word: string) =>
	caption.toLowerCase().includes(word.toLowerCase().replace(/[.!?,;:]+$/, ''));

function checkBody(body: unknown, { endpoint, steps }: Trainer, triggerWord: string): void {
	const sent = JSON.parse(JSON.stringify(body)) as { steps: number };
	const parsed = bodies[endpoint as keyof typeof bodies].safeParse(sent);
	check(parsed.success, `A body that ${endpoint} refuses: ${JSON.stringify(sent)}`);
	const { min, max, multipleOf = 1 } = steps;
	check(
		sent.steps >= min && sent.steps <= max && sent.steps % multipleOf === 0,
		`${sent.steps} steps`,
	);
	const texts = Object.values(sent).filter((value) => typeof value === 'string');
	check(
		texts.some((text) => hasWord(text, triggerWord)),
		'A body without the trigger word',
	);
}

it('a training is refused before it is sent, or its body is one that the trainer takes', () => {
	const sent = new Map<string, number>();
	const property = fc.property(cases, ({ provider, parameters }) => {
		const { training } = provider;
		if (!training) return;
		try {
			const planned = planTraining(provider, training, parameters);
			const caption = captionOf(parameters.images[0]?.caption, planned.triggerWord, 0);
			check(hasWord(caption, planned.triggerWord), 'A caption without the trigger word');
			const { body, model } = training.submit({ ...planned, archiveUrl });
			checkBody(body, planned.trainer, planned.triggerWord);
			sent.set(model, (sent.get(model) ?? 0) + 1);
		} catch (error) {
			if (!(error instanceof Failure)) throw error;
			check(error.kind === 'input', `A refusal of the kind ${error.kind}`);
		}
	});
	fc.assert(property, runs);
	expect([...sent.keys()].sort()).toEqual(Object.keys(bodies).sort());
	expect(Math.min(...sent.values())).toBeGreaterThan(50);
});

const task: Task = {
	provider: 'fal',
	model: null,
	taskId: 'a',
	submittedAt: null,
	prompt: null,
	seed: null,
	loras: null,
	estimatedCostUsd: null,
};

function checkState(state: TaskState): void {
	if (state.status === 'pending' && state.stepsDone !== undefined) {
		check(Number.isSafeInteger(state.stepsDone) && state.stepsDone >= 0, 'Steps that are none');
	}
	if (state.status === 'failed') check(typeof state.reason === 'string', 'No reason');
	if (state.status !== 'succeeded' || !state.lora) return;
	const { url, configUrl } = state.lora;
	check(state.images.length === 0, 'A LoRA and images');
	check(/^https?:/i.test(url), 'A LoRA without a URL');
	check(configUrl === null || /^https?:/i.test(configUrl), 'A config without a URL');
	loraJson(task, state.lora, null, startMs);
}

describe.each<Provider>([...trainingProviders])('$id: any answer about a training', (provider) => {
	const { training, id } = provider;
	const tasks = training?.tasks(training.trainers[0]);
	const { parseStatus = () => undefined, parseResult } = tasks ?? {};
	const parsers: Array<[string, RegExp, (given: HttpAnswer) => TaskState | undefined]> = [
		['status', /^training(Status|Processing|Completed|Failed)/, (given) => parseStatus(given, 'a')],
	];
	if (parseResult) parsers.push(['result', /^trainingResult/, parseResult]);

	it.each(parsers)('to the %s makes a known state, or zod’s error', (name, fixtures, parse) => {
		const own = documentedBodies(id, fixtures);
		let loras = 0;
		const bodiesOfAll = bodiesLike([...own, ...own, ...documentedBodies(id).slice(0, 3)]);
		const property = fc.property(bodiesOfAll, (body) => {
			const statusCode = Object.keys(Object(body) as object).length % 3 === 0 ? 422 : 200;
			try {
				const state = parse(answer(statusCode, body));
				if (state) checkState(state);
				if (state?.status === 'succeeded' && state.lora) loras += 1;
			} catch (error) {
				if (!(error instanceof ZodError)) throw error;
			}
		});
		fc.assert(property, runs);
		expect(loras > 50).toBe(name === 'result' || !parseResult);
	});
});
