import type { HostName } from '../hosts';
import type { Rgb } from '../picture/paint';

/** An image in a zip, as the trainer read it. */
export interface TrainingImage {
	/** Its name in the zip. */
	readonly name: string;
	/** The bytes' hash, in hexadecimal. */
	readonly sha256: string;
	readonly width: number;
	readonly height: number;
	/** The content of the text file with the same name. Undefined without one, or if it is blank. */
	readonly caption: string | undefined;
}

/** What a trainer read from a request's zip. */
export interface TrainingSet {
	readonly provider: HostName;
	readonly images: readonly TrainingImage[];
	/** The colors of the images, the most frequent first. */
	readonly palette: readonly Rgb[];
}
