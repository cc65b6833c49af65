import { createHash } from 'node:crypto';
import { loadImage } from '@napi-rs/canvas';
import type { Context } from '../context';
import type { HostName } from '../hosts';
import { readUrl, type ProblemKind } from '../inputs/readUrl';
import { ColorCount } from '../picture/colors';
import { readArchive, type ArchivedFile } from './archive';
import type { TrainingImage, TrainingSet } from './trainingSet';

/** Why there is no training set. */
export type TrainingProblem = ProblemKind | 'archive' | 'empty';

/**
 * fal's agent accepts zips up to 2 GB [fal docs: agent/tools/training]. The sandbox keeps no more than this.
 * GUESS: the same limit on WaveSpeed.
 */
export const MOST_ARCHIVE_BYTES = 256 * 1024 * 1024;

const MOST_SETS = 1000;

/**
 * PNG, JPEG and WebP. [llms.txt of fal's qwen-image-trainer] GUESS: that Z-Image's trainers accept the same,
 * upper-case extensions, and files in folders.
 */
const IMAGE_NAME = /\.(png|jpe?g|webp)$/i;

/** The name without its extension, which is the same for an image and its text file. */
const rootOf = (name: string): string => name.replace(/\.[^./]*$/, '');

/** Starts to read the zip that a training names. Never rejects. */
export async function readTrainingSet(
	context: Context,
	provider: HostName,
	url: string,
): Promise<TrainingSet | TrainingProblem> {
	const { resets } = context;
	const bytes = await readUrl(context.localUrl(url), context.closing, MOST_ARCHIVE_BYTES);
	if (typeof bytes === 'string') return bytes;
	const files = await readArchive(bytes);
	if (files === undefined) return 'archive';
	const captions = captionsOf(files);
	const colors = new ColorCount();
	const images: TrainingImage[] = [];
	for (const { name, bytes } of files.filter(({ name }) => IMAGE_NAME.test(name))) {
		const image = await loadImage(bytes).catch(() => undefined);
		if (image === undefined) return 'image';
		colors.add(image);
		const { width, height } = image;
		const sha256 = createHash('sha256').update(bytes).digest('hex');
		images.push({ name, sha256, width, height, caption: captions.get(rootOf(name)) });
	}
	if (images.length === 0) return 'empty';
	const set = { provider, images, palette: colors.palette() };
	// The sandbox may have been reset in the meantime.
	if (context.resets === resets) context.trainingSets.push(set);
	if (context.trainingSets.length > MOST_SETS) context.trainingSets.shift();
	return set;
}

/** GUESS: that a blank text file counts as no caption. */
function captionsOf(files: readonly ArchivedFile[]): Map<string, string> {
	const texts = files
		.filter(({ name }) => /\.txt$/i.test(name))
		.map(({ name, bytes }) => [rootOf(name), bytes.toString().trim()] as const);
	return new Map(texts.filter(([, text]) => text !== ''));
}
