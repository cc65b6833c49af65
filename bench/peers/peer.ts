import type { Make } from '../scenarios';

/** Another package that makes images, in n8n's engine on the same sandbox. */
export interface Peer {
	/** Stands in the names of its rows. */
	readonly name: string;
	/** The host of the sandbox that it uses. */
	readonly provider: string;
	readonly make: Make;
	/** Whether it puts the images into its items at all. */
	readonly fetchesImages: boolean;
}
