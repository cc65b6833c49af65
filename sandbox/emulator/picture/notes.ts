import type { InputImage } from '../inputs/inputImage';
import type { Inputs } from '../inputs/inputs';

const note = (name: string, { width, height, bytes, sha256 }: InputImage): string =>
	`${name} ${width}×${height} · ${bytes} bytes · sha256 ${sha256.slice(0, 12)}`;

/** The caption's lines about the input images. */
export const inputNotes = ({ image, mask }: Inputs): string[] => [
	...(image === null ? [] : [note('source', image)]),
	...(mask === null ? [] : [note('mask', mask)]),
];
