import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import type { Provider, ProviderTasks } from '../../nodes/ZImage/providers/provider';
import type { ProviderId } from '../../nodes/ZImage/providers/registry';
import { providers, trainingProviders } from '../../nodes/ZImage/providers/registry';
import { inMemory } from '../../test/support/files';
import { makePicture } from '../../test/support/picture';
import type { Step } from '../../test/support/runWorkflow';

/** The two requests of an upload: for a place, and with the file. */
export type UploadStage = 'initiate' | 'upload';

/** Where a fault strikes: a request of that kind, or the task itself, which goes wrong without any fault of a request. */
export type Stage = UploadStage | 'download' | 'result' | 'status' | 'stream' | 'submit' | 'task';

/** What is made: an image for each item by Generate, or one LoRA of all items by Train LoRA. */
export type Product = 'image' | 'lora';

/** What is true of one provider only. */
interface Facts {
	/** Its responses contain the images themselves, so there is nothing to download. */
	readonly hasInlineImages?: true;
	/** It returns its images itself, only with its own credential, and no links to them. */
	readonly hasOwnFiles?: true;
	/** Whether its image links expire. */
	readonly hasExpiringLinks: boolean;
	/** Parameters of Generate that make its images small. */
	readonly parameters: { readonly size: string; readonly options: IDataObject };
}

/** A provider that the faults are run on. */
export interface Subject extends Facts {
	readonly id: ProviderId;
	readonly name: string;
	/** As the table and the names of cases call it. */
	readonly title: string;
	readonly product: Product;
	/** How many tasks a run has, each with an item of its own; a training has those of all items. */
	readonly itemCount: number;
	/** The one that meets the fault; the others are its siblings. */
	readonly faultyItem: number;
	/** Whether a submit is answered with a task, not with the images. */
	readonly hasTasks: boolean;
	/** It charges nothing. */
	readonly isFree: boolean;
	readonly stages: readonly Stage[];
}

const small = { size: '256x256', options: { outputFormat: 'jpeg' } };

const facts: Readonly<Record<ProviderId, Facts>> = {
	fal: { hasExpiringLinks: false, parameters: small },
	wavespeed: { hasExpiringLinks: true, parameters: small },
	replicate: { hasExpiringLinks: true, parameters: small },
	novita: { hasExpiringLinks: true, parameters: { ...small, options: {} } },
	highway: { hasExpiringLinks: true, parameters: small },
	aimlapi: { hasExpiringLinks: false, parameters: { ...small, size: '512x512' } },
	comfyui: {
		hasExpiringLinks: false,
		parameters: { ...small, options: {} },
		hasOwnFiles: true,
	},
	sdcpp: { hasExpiringLinks: false, parameters: small, hasInlineImages: true },
	openaiCompatible: {
		hasExpiringLinks: false,
		parameters: { ...small, options: {} },
		hasInlineImages: true,
	},
};

function stagesOf(tasks: ProviderTasks | undefined, { hasInlineImages }: Facts): Stage[] {
	return [
		'submit',
		...(tasks ? (['status'] as const) : []),
		...(tasks?.statusStream ? (['stream'] as const) : []),
		...(tasks?.parseResult ? (['result'] as const) : []),
		...(hasInlineImages ? [] : (['download'] as const)),
		'task',
	];
}

/** The providers, in the order of the table. */
export const subjects: readonly Subject[] = providers.map((provider) => ({
	id: provider.id,
	name: provider.displayName,
	title: provider.displayName,
	product: 'image',
	itemCount: 3,
	faultyItem: 1,
	hasTasks: 'tasks' in provider,
	isFree: 'charges' in provider && provider.charges === 'no',
	stages: stagesOf('tasks' in provider ? provider.tasks : undefined, facts[provider.id]),
	...facts[provider.id],
}));

/** Providers that cost money, and check prompts and images. */
export const hostedSubjects: readonly ProviderId[] = providers.flatMap(
	({ id, isOwnServer }: Provider & { readonly id: ProviderId }) => (isOwnServer ? [] : [id]),
);

/** Providers that respond to a submit with a task, or those that don't. */
export function subjectsWithTasks(hasTasks: boolean): ProviderId[] {
	return subjects.filter((subject) => subject.hasTasks === hasTasks).map(({ id }) => id);
}

/** A provider by its ID. */
export function subjectOf(id: string): Subject {
	const found = subjects.find((subject) => subject.id === id);
	if (!found) throw new Error(`There is no provider ${id}`);
	return found;
}

/** The providers that train LoRAs, with their training under faults. */
export const trainingSubjects: readonly Subject[] = trainingProviders.map(
	({ id, displayName, training }) => {
		const subject = subjectOf(id);
		const [trainer] = training?.trainers ?? [];
		return {
			...subject,
			title: `${displayName}, training`,
			product: 'lora',
			itemCount: 1,
			faultyItem: 0,
			stages: ['initiate', 'upload', ...stagesOf(trainer && training?.tasks(trainer), subject)],
		};
	},
);

/** What a node is run on. */
export interface Input {
	readonly items: readonly IDataObject[];
	/** The files of every item. */
	readonly inputBinary?: INodeExecutionData['binary'];
}

/** The node that makes something, and what it makes it of. */
export interface Work {
	readonly step: Pick<Step, 'parameters' | 'type'>;
	readonly input: Input;
}

/**
 * What has a provider make something.
 * @param tasks one for each item, with its own time; the prompt of a training is its trigger word
 */
export function workOf(
	{ id, product, parameters }: Subject,
	tasks: ReadonlyArray<{ readonly prompt: string; readonly timeoutSeconds: number }>,
): Work {
	if (product === 'image') {
		const timeoutSeconds = '={{ $json.timeoutSeconds }}';
		const options = { ...parameters.options, timeoutSeconds };
		const { size } = parameters;
		return {
			step: {
				type: 'zImageGenerate',
				parameters: { provider: id, prompt: '={{ $json.prompt }}', size, options },
			},
			input: { items: tasks.map((task) => ({ ...task })) },
		};
	}
	const [{ prompt, timeoutSeconds } = { prompt: '', timeoutSeconds: 0 }] = tasks;
	return {
		step: {
			type: 'zImageTrainLora',
			parameters: {
				provider: id,
				triggerWord: prompt,
				mode: 'wait',
				options: { timeoutSeconds, downloadWeights: true },
			},
		},
		input: { items: [{}, {}], inputBinary: { data: inMemory(makePicture('png', 32, 24)) } },
	};
}
