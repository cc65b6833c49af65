import type { IDataObject } from 'n8n-workflow';

/** Where a fault strikes: a request of that kind, or the task itself, which goes wrong without any fault of a request. */
export type Stage = 'download' | 'result' | 'status' | 'submit' | 'task';

export type SubjectId = 'aimlapi' | 'fal' | 'highway' | 'novita';

/** A provider under faults. */
export interface Subject {
	readonly id: SubjectId;
	readonly name: string;
	readonly credentialType: string;
	readonly stages: readonly Stage[];
	/** Whether its links to images end after a while. */
	readonly hasExpiringLinks: boolean;
	/** Parameters of Generate that make its images small. */
	readonly parameters: { readonly size: string; readonly options: IDataObject };
}

const small = { size: '256x256', options: { outputFormat: 'jpeg' } };

/** The providers, in the order of the table. */
export const subjects: readonly Subject[] = [
	{
		id: 'fal',
		name: 'fal',
		credentialType: 'zImageFalApi',
		stages: ['submit', 'status', 'result', 'download', 'task'],
		hasExpiringLinks: false,
		parameters: small,
	},
	{
		id: 'novita',
		name: 'Novita',
		credentialType: 'zImageNovitaApi',
		stages: ['submit', 'status', 'download', 'task'],
		hasExpiringLinks: true,
		parameters: { size: '256x256', options: {} },
	},
	{
		id: 'highway',
		name: 'Highway API',
		credentialType: 'zImageHighwayApi',
		stages: ['submit', 'status', 'download', 'task'],
		hasExpiringLinks: true,
		parameters: small,
	},
	{
		id: 'aimlapi',
		name: 'AI/ML API',
		credentialType: 'zImageAimlApi',
		stages: ['submit', 'download', 'task'],
		hasExpiringLinks: false,
		parameters: { ...small, size: '512x512' },
	},
];
