import { trainingProviders } from '../../nodes/ZImage/providers/registry';
import { estimateTrainingUsd } from '../../nodes/ZImage/providers/cost';
import { evaluate } from '../support/evaluate';
import { ZImageTrainLora } from '../../nodes/ZImage/ZImageTrainLora.node';

const { subtitle = '', properties } = new ZImageTrainLora().description;

/** The subtitle on the canvas. */
function shown($parameter: object): unknown {
	return evaluate(subtitle, { $parameter });
}

const trainers = trainingProviders.flatMap((provider) =>
	(provider.training?.trainers ?? []).map((trainer) => ({ provider, trainer })),
);

describe.each(trainers)('$provider.id $trainer.id', ({ provider, trainer }) => {
	it.each([100, 1000, 3000])('the canvas shows the estimate of %d steps', (steps) => {
		const usd = estimateTrainingUsd(trainer, steps).toFixed(2);
		expect(shown({ provider: provider.id, trainer: trainer.id, steps })).toBe(
			`${provider.displayName}: about $${usd}, ${steps} steps`,
		);
	});

	it('has its price and its steps in the editor', () => {
		const ofTrainer = properties.filter(({ displayOptions: { show } = {} }) => {
			const isProvider = show?.provider?.includes(provider.id);
			return isProvider && (!show?.trainer || show.trainer.includes(trainer.id));
		});
		const notice = ofTrainer.find(({ name }) => name === 'priceNotice');
		expect(notice?.displayName).toContain(`$${trainer.price.perThousandSteps} per 1000 steps`);
		expect(ofTrainer.find(({ name }) => name === 'steps')?.typeOptions).toMatchObject({
			minValue: trainer.steps.min,
			maxValue: trainer.steps.max,
		});
	});
});

it('the canvas shows no estimate of steps that only the run knows', () => {
	expect(shown({ provider: 'fal', trainer: 'v2', steps: '={{ $json.steps }}' })).toBe('fal');
});

it("a trainer and a training type default to the provider's own defaults", () => {
	const defaultOf = (wanted: string) =>
		properties
			.flatMap((property) => [property, ...((property.options ?? []) as typeof properties)])
			.find(({ name }) => name === wanted)?.default;
	expect(defaultOf('trainer')).toBe(trainers[0]?.trainer.id);
	expect(defaultOf('trainingType')).toBe(
		trainers.find(({ trainer }) => trainer.types)?.trainer.types?.[0],
	);
});
