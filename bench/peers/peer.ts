import type { Make } from '../scenarios';

/** Another image package, in n8n's engine on the same sandbox. */
export interface Peer {
	/** Part of its rows' names. */
	readonly name: string;
	/** The sandbox host that it uses. */
	readonly provider: string;
	readonly make: Make;
	/** Whether it puts the images into its items. */
	readonly fetchesImages: boolean;
	/** Whether it makes only the image of the first item. */
	readonly takesOneItem?: true;
}
