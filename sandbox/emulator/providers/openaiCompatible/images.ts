import type { Context } from '../../context';
import type { LinkedFile } from '../../files/linkedFile';
import type { Picture } from '../../picture/picture';

export interface Size {
	readonly width: number;
	readonly height: number;
}

/** What a request asks for, except the number of images. */
export type Request = Pick<Picture, 'model' | 'prompt' | 'seed' | 'format'> &
	Size &
	Partial<Pick<Picture, 'loras' | 'source' | 'strength' | 'notes'>>;

/** GUESS: more than any server has memory for. */
const MOST_SIDE = 4096;

/** Whether a server can generate images of that size. */
export const isPossible = ({ width, height }: Size): boolean =>
	Math.min(width, height) > 0 && Math.max(width, height) <= MOST_SIDE;

/** A request's pictures. The same request with the same seed has the same ones. */
export const picturesOf = (count: number, request: Request): Picture[] =>
	Array.from({ length: count }, (_item, index) => ({
		provider: 'OpenAI-compatible',
		loras: [],
		black: false,
		...request,
		index,
	}));

/** The pictures' files, as base64. */
export const encode = async (context: Context, pictures: readonly Picture[]): Promise<string[]> =>
	(await Promise.all(pictures.map(context.imageFile))).map(({ bytes }: LinkedFile) =>
		bytes.toString('base64'),
	);

export const nowInSeconds = (): number => Math.floor(Date.now() / 1000);
