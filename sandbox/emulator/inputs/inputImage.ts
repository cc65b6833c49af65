import type { HostName } from '../hosts';

/** An image that came with a request, as the provider read it. */
export interface InputImage {
	readonly provider: HostName;
	/** The field of the request that named it. */
	readonly field: string;
	/** `upload` is a file that was put on the server before. */
	readonly from: 'url' | 'data' | 'upload';
	readonly bytes: number;
	/** Of the bytes, in hexadecimal. */
	readonly sha256: string;
	readonly width: number;
	readonly height: number;
}
