import type { HostName } from '../hosts';

/** An image in a request, as the provider read it. */
export interface InputImage {
	readonly provider: HostName;
	/** The field of the request that named it. */
	readonly field: string;
	/** `upload` means a file that was uploaded to the server before. */
	readonly from: 'url' | 'data' | 'upload';
	readonly bytes: number;
	/** The bytes' hash, in hexadecimal. */
	readonly sha256: string;
	readonly width: number;
	readonly height: number;
}
