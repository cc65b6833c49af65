import type { HostName } from '../hosts';
import type { Rgb } from '../picture/paint';

/** An image of a zip, as the trainer read it. */
export interface TrainingImage {
	/** In the zip. */
	readonly name: string;
	/** Of the bytes, in hexadecimal. */
	readonly sha256: string;
	readonly width: number;
	readonly height: number;
	/** What is in the text file of the same name; undefined without one, or where it's blank. */
	readonly caption: string | undefined;
}

/** What a trainer has read from the zip of a request. */
export interface TrainingSet {
	readonly provider: HostName;
	readonly images: readonly TrainingImage[];
	/** The colors that the images are made of, the most frequent first. */
	readonly palette: readonly Rgb[];
}
