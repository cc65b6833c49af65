import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { chargesOf } from '../errors/charged';
import { Failure } from '../errors/failure';
import { isTool } from '../host';
import type { Clock } from '../http/clock';
import { systemClock } from '../http/clock';
import { Budget } from '../paid/budget';
import { Ledger } from '../paid/ledger';
import type { Submission } from '../paid/submission';
import { leaveTask, submitOnce } from '../paid/submitOnce';
import { estimateTrainingUsd } from '../providers/cost';
import { callbackProviders } from '../providers/registry';
import { asToolResult } from '../run/asTool';
import { callbackUrlOf, ignoresCallback } from '../run/callbackUrl';
import { onlyTask } from '../run/emitImages';
import { emitResult } from '../run/emitLora';
import {
	addExpiringWeightsHint,
	addFewImagesHint,
	addResumedTrainingHint,
	addUnusedCallbackHint,
} from '../run/hints';
import { defaultTimeouts, limitsOf, readMaxCost, readOutputOptions } from '../run/outputOptions';
import { readProvider } from '../run/parameters';
import type { Output, Run } from '../run/runItems';
import { runTogether } from '../run/runItems';
import { openSession } from '../tasks/session';
import { submitTraining } from '../tasks/submit';
import { taskJson } from '../tasks/taskItem';
import { awaitTask } from '../tasks/wait';
import { toChoice } from '../values';
import { readParameters } from './parameters';
import type { PlannedTraining } from './trainingRequest';
import { planTraining } from './trainingRequest';
import type { TrainingSet } from './trainingSet';
import { setAtUrl, setOfItems } from './trainingSet';

/** A training takes minutes: it's asked for at most this seldom. */
const maxDelayMs = 20_000;

/** The one training of a run. */
interface Unit {
	readonly planned: PlannedTraining;
	readonly set: TrainingSet;
	/** Of its task, among those that were accepted in this execution. */
	readonly key: string;
	readonly costUsd: number;
}

/**
 * Train LoRA: one training on the images of all items, submitted and, in mode `wait`, awaited.
 * @throws NodeApiError or NodeOperationError that names the accepted task
 */
export async function trainLora(
	context: IExecuteFunctions,
	clock: Clock = systemClock,
): Promise<INodeExecutionData[][]> {
	const ledger = Ledger.of(context);
	const paid = () => ledger.paid();
	const { outputs } = await runTogether<Unit>(context, { clock, paid }, async () => {
		const provider = readProvider(context);
		const { training, displayName } = provider;
		if (!training) throw new Failure(`${displayName} doesn't train LoRAs`);
		const parameters = readParameters(context);
		const { options } = parameters;
		const mode = toChoice(parameters.mode, 'Mode', ['submit', 'wait']);
		const source = toChoice(parameters.source, 'Images', ['binary', 'zipUrl']);
		const maxUsd = readMaxCost(options);
		if (maxUsd === undefined && isTool(context)) {
			throw new Failure('Max Cost (USD) is required when an AI agent uses this node as a tool', {
				kind: 'budget',
				description:
					'Nothing was sent. A training costs far more than an image, and an agent may call a tool again and again. Add the option Max Cost (USD).',
			});
		}
		const budget = Budget.of(context, maxUsd);
		const output = readOutputOptions(options, defaultTimeouts.training);
		const session = await openSession(context, provider, clock, maxDelayMs);
		const { client } = session;
		const setting = { client, ledger, budget };
		let isResumed = false;

		const train = async ({ planned, set, key, costUsd }: Unit, run: Run): Promise<Output[]> => {
			const limits = limitsOf(output, clock, run);
			const callbackUrl = callbackUrlOf(client, mode, { options });
			const submission: Submission = {
				key,
				costUsd,
				async prepare() {
					const archiveUrl = await set.toUrl(client, limits);
					const request = {
						...planned,
						archiveUrl,
						...(callbackUrl !== undefined && { callbackUrl }),
					};
					const { imageCount } = set;
					return async () => await submitTraining(client, training, request, imageCount, limits);
				},
			};
			const kept = ledger.find(key);
			isResumed = kept !== undefined;
			const submitted = kept ?? (await submitOnce(setting, submission, limits));
			const { task } = submitted;
			if (mode === 'submit') return [{ json: taskJson(task) }];
			try {
				const result = await awaitTask(session, submitted, limits);
				return await emitResult(context, client, task, result, onlyTask, output, limits);
			} catch (error) {
				throw await leaveTask(setting, key, task, run.isStopped(), error);
			}
		};

		let imageCount: number | null = null;
		let advisedImages = 0;
		return {
			concurrency: 1,
			outputs: 1,
			charges: chargesOf(provider),
			async prepare() {
				const planned = planTraining(provider, training, parameters);
				const { images } = parameters;
				const set =
					source === 'zipUrl'
						? setAtUrl(client, parameters.zipUrl)
						: await setOfItems(context, provider, training, images, planned.triggerWord);
				callbackUrlOf(client, mode, { options });
				({ imageCount } = set);
				({ advisedImages } = planned.trainer);
				const costUsd = estimateTrainingUsd(planned.trainer, planned.steps);
				const asked = { ...planned, images: set.fingerprint };
				const key = ledger.placeOf(0, 0, provider, asked);
				if (!ledger.has(key)) budget.plan(key, provider, costUsd);
				return [{ planned, set, key, costUsd }];
			},
			work: train,
			finish({ outputs: items, failures }) {
				if (failures === 0) ledger.clear();
				if (isResumed) addResumedTrainingHint(context);
				if (imageCount !== null && imageCount < advisedImages) {
					addFewImagesHint(context, imageCount, advisedImages, displayName);
				}
				if (ignoresCallback(client, mode, { options })) {
					addUnusedCallbackHint(
						context,
						callbackProviders.filter((one) => one.training).map((one) => one.displayName),
					);
				}
				addExpiringWeightsHint(context, items);
			},
		};
	});
	return asToolResult(context, outputs);
}
