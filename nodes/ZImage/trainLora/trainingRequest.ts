import { Failure, show } from '../errors/failure';
import type {
	Provider,
	ProviderTraining,
	Range,
	Trainer,
	TrainingRequest,
	TrainingType,
} from '../providers/provider';
import { isEmpty, toChoice, toNumber } from '../values';
import type { TrainingParameters } from './parameters';
import { captionOf } from './trainingSet';

/** Fewer than fal's own default of 2000: longer trainings cost more and lose the speed of Turbo. */
export const defaultSteps = 1000;

/** Longer than any word that a model learns. The bound is ours. */
const maxTriggerLength = 100;

/** No document has bounds for it; beyond these nothing is learned, or everything forgotten. The bounds are ours. */
export const learningRates: Range = { min: 0.000001, max: 0.1 };

/** A training as it will be asked for, once its zip is at a URL. */
export type PlannedTraining = Omit<TrainingRequest, 'archiveUrl' | 'callbackUrl'>;

function fault(message: string, description: string): Failure {
	return new Failure(message, { description: `Nothing was sent. ${description}` });
}

function toTriggerWord(word: string | undefined): string {
	const example = 'Choose a made-up word that no caption has by chance, such as ohwx.';
	if (word === undefined) throw fault('Trigger Word is empty', example);
	const { length } = [...word];
	if (length > maxTriggerLength) {
		throw fault(
			`Trigger Word must have at most ${maxTriggerLength} characters (got ${length})`,
			example,
		);
	}
	if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(word)) {
		throw fault(`Trigger Word must be on one line (got ${show(word)})`, example);
	}
	if (!/[\p{L}\p{N}]/u.test(word)) {
		throw fault(`Trigger Word must have a letter or a digit (got ${show(word)})`, example);
	}
	return word;
}

function trainerFor({ trainers }: ProviderTraining, given: unknown): Trainer {
	if (isEmpty(given)) return trainers[0];
	const id = toChoice(
		given,
		'Trainer',
		trainers.map((trainer) => trainer.id),
	);
	return trainers.find((trainer) => trainer.id === id) ?? trainers[0];
}

function toSteps(
	{ displayName }: Provider,
	{ displayName: trainer, steps: { min, max, multipleOf = 1 } }: Trainer,
	given: unknown,
): number {
	const steps = isEmpty(given) ? defaultSteps : toNumber(given, 'Steps');
	if (steps >= min && steps <= max && steps % multipleOf === 0) return steps;
	const numbers = multipleOf === 1 ? 'a whole number' : `a multiple of ${multipleOf}`;
	throw fault(
		`Steps must be ${numbers} between ${min} and ${max} for ${trainer} on ${displayName} (got ${steps})`,
		'Change Steps and run again.',
	);
}

function toLearningRate(given: unknown): number | undefined {
	if (isEmpty(given)) return undefined;
	const rate = toNumber(given, 'Learning Rate');
	const { min, max } = learningRates;
	if (rate >= min && rate <= max) return rate;
	throw fault(
		`Learning Rate must be between ${min} and ${max} (got ${rate})`,
		'Usual rates are from 0.0001 to 0.0005.',
	);
}

function toType({ types = [] }: Trainer, given: unknown): TrainingType | undefined {
	if (isEmpty(given) || types.length === 0) return undefined;
	return toChoice(given, 'Training Type', types);
}

/**
 * Checks what a run asks for against what the provider documents (except its images) before anything is sent and paid.
 * @throws Failure that names the field, the value and the limit
 */
export function planTraining(
	provider: Provider,
	training: ProviderTraining,
	parameters: TrainingParameters,
): PlannedTraining {
	const { trainer: given, triggerWord: word, steps, learningRate, images, options } = parameters;
	const trainer = trainerFor(training, given);
	const triggerWord = toTriggerWord(word);
	const rate = toLearningRate(learningRate);
	const type = toType(trainer, options.trainingType);
	const usesZip = parameters.source === 'zipUrl';
	return {
		trainer,
		triggerWord,
		// In a zip of ours each image has a caption.
		defaultCaption: captionOf(usesZip ? images[0]?.caption : undefined, triggerWord),
		steps: toSteps(provider, trainer, steps),
		...(rate !== undefined && { learningRate: rate }),
		...(type !== undefined && { type }),
	};
}
