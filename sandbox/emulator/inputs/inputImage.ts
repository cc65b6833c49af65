import type { HostName } from '../hosts';

/** An image that came with a request, as the provider read it. */
export interface InputImage {
	readonly provider: HostName;
	/** The field of the request that named it. */
	readonly field: string;
	readonly from: 'url' | 'data';
	readonly bytes: number;
	/** Of the bytes, in hexadecimal. */
	readonly sha256: string;
	readonly width: number;
	readonly height: number;
}
