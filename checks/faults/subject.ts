import type { IDataObject } from 'n8n-workflow';

import type { Provider } from '../../nodes/ZImage/providers/provider';
import type { ProviderId } from '../../nodes/ZImage/providers/registry';
import { providers } from '../../nodes/ZImage/providers/registry';

/** Where a fault strikes: a request of that kind, or the task itself, which goes wrong without any fault of a request. */
export type Stage = 'download' | 'result' | 'status' | 'submit' | 'task';

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

function stagesOf({ tasks }: Provider, { hasInlineImages }: Facts): Stage[] {
	return [
		'submit',
		...(tasks ? (['status'] as const) : []),
		...(tasks?.parseResult ? (['result'] as const) : []),
		...(hasInlineImages ? [] : (['download'] as const)),
		'task',
	];
}

/** The providers, in the order of the table. */
export const subjects: readonly Subject[] = providers.map((provider) => ({
	id: provider.id,
	name: provider.displayName,
	hasTasks: 'tasks' in provider,
	isFree: 'charges' in provider && provider.charges === 'no',
	stages: stagesOf(provider, facts[provider.id]),
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
