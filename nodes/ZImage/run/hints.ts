import type { INodeExecutionData } from 'n8n-workflow';

import { count } from '../errors/failure';
import type { Host } from '../host';
import type { MaskFault } from '../images/maskFault';

export type HintHost = Pick<Host, 'addExecutionHints'>;

type HintType = 'info' | 'warning';

function addHint(host: HintHost, message: string, type: HintType = 'warning'): void {
	host.addExecutionHints({ message, location: 'outputPane', type });
}

/** Names the options that were set but aren't supported by the provider: nothing is dropped silently. */
export function addIgnoredOptionsHint(
	host: HintHost,
	names: readonly string[],
	provider: string,
): void {
	if (names.length === 0) return;
	addHint(
		host,
		`${provider} doesn't support these options here, so they were ignored: ${names.join(', ')}. Remove them, or choose a provider that supports them.`,
	);
}

/** The first of several texts for a sentence, and the number of the others. */
function someOf([first = '', ...others]: readonly string[]): string {
	const text = first.trim().replace(/\.$/, '');
	return others.length === 0 ? text : `${text} (and ${others.length} more)`;
}

/** Says why a provider could not be used as a fallback. */
export function addUnableFallbackHint(
	host: HintHost,
	reasons: readonly string[],
	provider: string,
): void {
	if (reasons.length === 0) return;
	addHint(
		host,
		`${provider} can't be a fallback for every item of this run: ${someOf(reasons)}. Change the parameters, or remove ${provider} from Fallback Providers.`,
	);
}

/** Says why images come from another provider than the first one. */
export function addFallbackHint(
	host: HintHost,
	reasons: readonly string[],
	provider: string,
): void {
	if (reasons.length === 0) return;
	addHint(
		host,
		`${provider} was used as a fallback because ${someOf(reasons)}. The items have the reason in "failedProviders".`,
	);
}

/** Warns when a callback URL won't be called, because a workflow may wait for it. */
export function addUnusedCallbackHint(host: HintHost, providers: readonly string[]): void {
	addHint(
		host,
		`Callback URL was ignored: it needs Submit mode and one of these providers: ${providers.join(', ')}.`,
	);
}

/** Warns when files were sent to a provider in an undocumented way. */
export function addInlineFilesHint(host: HintHost): void {
	addHint(
		host,
		`Your files were sent inline, which the provider doesn't document and may reject. If it does, upload them to public storage and choose URL.`,
	);
}

const maskFaults: Readonly<Record<Exclude<MaskFault, 'hole'>, string>> = {
	alpha: 'may have transparent parts',
	gray: 'has parts that are neither black nor white',
	lossy: 'is a JPEG, which has gray pixels along its edges',
	transparent: 'has transparent parts',
};

/** Warns when masks may not work as expected, once for each kind of problem. */
export function addMaskHints(
	host: HintHost,
	faults: ReadonlyArray<MaskFault | undefined>,
	provider: string,
): void {
	for (const [fault, words] of Object.entries(maskFaults)) {
		if (!faults.some((found) => found === fault)) continue;
		addHint(
			host,
			`The mask ${words}. White is repainted and black is kept; ${provider} doesn't document what transparent or gray pixels do. For a reliable result, use a PNG with only black and white.`,
		);
	}
}

/** Says when a safety checker has flagged images, because such an image may be black. */
export function addImageHints(host: HintHost, results: INodeExecutionData[][]): void {
	const flagged = results.flat().filter(({ json }) => json.nsfw === true).length;
	if (flagged === 0) return;
	addHint(
		host,
		`The provider's safety checker flagged ${count(flagged, 'image')} ("nsfw": true in the item). A flagged image may be black.`,
	);
}

/** Warns when a training has fewer images than its provider's documentation advises. */
export function addFewImagesHint(
	host: HintHost,
	count: number,
	advised: number,
	provider: string,
): void {
	addHint(
		host,
		`${provider} recommends at least ${advised} images for a LoRA (got ${count}). With fewer, it may learn little, or copy the images.`,
	);
}

/** Says that an earlier attempt's training continues. */
export function addResumedTrainingHint(host: HintHost): void {
	addHint(host, 'The training from an earlier attempt was resumed, not charged again.', 'info');
}

/** Warns when a LoRA's weights will be removed and no copy is kept. */
export function addExpiringWeightsHint(host: HintHost, results: INodeExecutionData[][]): void {
	const isExpiring = ({ json, binary }: INodeExecutionData) =>
		json.trainer !== undefined && json.status === 'succeeded' && json.expiresAt !== null && !binary;
	const expiresAt = results.flat().find(isExpiring)?.json.expiresAt;
	if (typeof expiresAt !== 'string') return;
	addHint(
		host,
		`The provider deletes the weights at ${expiresAt}. To keep them, turn on Download Weights in the options and save the file, for example to public storage: use its URL as the LoRA from then on.`,
	);
}

/** Says when tasks returned fewer images than requested. */
export function addMissingImagesHint(host: HintHost, missing: number, provider: string): void {
	if (missing === 0) return;
	addHint(
		host,
		`${provider} returned fewer images than requested: ${missing} missing. They may have been charged. Check the requests in your account there.`,
	);
}

/**
 * Says when a size may be rounded: the model works on blocks of 16 x 16 pixels. Whether and how providers round is a guess;
 * none of them documents it.
 */
export function addRoundedSizeHint(host: HintHost, sizes: readonly string[]): void {
	if (sizes.length === 0) return;
	addHint(
		host,
		`Z-Image works in multiples of 16 pixels, so the provider may round the size: ${sizes.join(', ')}. The fields "width" and "height" are those of the file.`,
		'info',
	);
}

/** Says which user a provider's call was for, so that the node can be set to refuse calls for other users. */
export function addUserIdHint(host: HintHost, userId: string, provider: string): void {
	addHint(
		host,
		`This call from ${provider} was for the user "${userId}", who owns the task. Enter it as User ID so that the node doesn't have to look up each task before it starts the workflow.`,
		'info',
	);
}

/** Sums up a run of many tasks. */
export function addSummaryHint(host: HintHost, summary: string | undefined): void {
	if (summary !== undefined) addHint(host, summary, 'info');
}
