import type { INodeExecutionData } from 'n8n-workflow';

import { Failure } from '../errors/failure';
import type { MaskFault } from '../images/maskFault';
import type { SourceImages } from '../images/sourceImage';
import type { Provider } from '../providers/provider';
import { callbackProviders } from '../providers/registry';
import type { HintHost } from '../run/hints';
import {
	addFallbackHint,
	addIgnoredOptionsHint,
	addImageHints,
	addInlineFilesHint,
	addMaskHints,
	addMissingImagesHint,
	addRoundedSizeHint,
	addUnableFallbackHint,
	addUnusedCallbackHint,
} from '../run/hints';
import type { FailedProvider } from '../tasks/task';
import { roundedSize } from './size';
import type { PlannedTask } from './planTasks';

/** The notes about one provider. */
class ProviderNotes {
	readonly ignoredOptions = new Set<string>();
	/** Why it can't be used as a fallback for some of the items. */
	readonly unable = new Set<string>();
	/** Why it was used as a fallback. */
	readonly fallbackFor = new Set<string>();
	missingImages = 0;
}

/** Notes about a run of Generate, which become the node's hints. */
export class Notes {
	private readonly ofProviders = new Map<Provider, ProviderNotes>();
	private readonly maskFaults = new Map<string, MaskFault | undefined>();
	private readonly roundedSizes = new Set<string>();
	private isCallbackUnused = false;
	private sentInline = false;

	of(provider: Provider): ProviderNotes {
		const notes = this.ofProviders.get(provider) ?? new ProviderNotes();
		this.ofProviders.set(provider, notes);
		return notes;
	}

	/**
	 * Checks a mask, once per image.
	 * @throws Failure for a mask with a transparent part and no white
	 */
	async lookAtMask({ mask }: SourceImages): Promise<void> {
		if (!mask) return;
		const { reference } = mask;
		const known = this.maskFaults.has(reference);
		const fault = known ? this.maskFaults.get(reference) : await mask.maskFault?.();
		this.maskFaults.set(reference, fault);
		if (fault !== 'hole') return;
		throw new Failure(
			'The mask has a transparent part and no white one: nothing would be repainted',
			{
				description:
					'Nothing was sent. White is repainted and black is kept. Fill the transparent part with white. In Edit Image, draw it with the color #ffffff.',
			},
		);
	}

	addSizes(tasks: readonly PlannedTask[]): void {
		for (const { request } of tasks) {
			const size = roundedSize(request);
			if (size !== undefined) this.roundedSizes.add(size);
		}
	}

	addUnusedCallback(): void {
		this.isCallbackUnused = true;
	}

	/** A request was sent with its images. */
	addSent({ image, mask }: SourceImages): void {
		if (image?.isGuess || mask?.isGuess) this.sentInline = true;
	}

	/** A provider receives a request with options that it doesn't support. */
	addIgnored(provider: Provider, names: readonly string[]): void {
		names.forEach((name) => this.of(provider).ignoredOptions.add(name));
	}

	/** A task belongs to a fallback provider. */
	addFallback(provider: Provider, failedProviders: readonly FailedProvider[]): void {
		failedProviders.forEach(({ error }) => this.of(provider).fallbackFor.add(error));
	}

	/** Adds all hints. */
	tell(host: HintHost, provider: Provider, items: INodeExecutionData[][]): void {
		for (const [{ displayName }, notes] of this.ofProviders) {
			addUnableFallbackHint(host, [...notes.unable], displayName);
			addFallbackHint(host, [...notes.fallbackFor], displayName);
			addIgnoredOptionsHint(host, [...notes.ignoredOptions], displayName);
		}
		if (this.isCallbackUnused) {
			addUnusedCallbackHint(
				host,
				callbackProviders.map(({ displayName }) => displayName),
			);
		}
		if (this.sentInline) addInlineFilesHint(host);
		addMaskHints(host, [...this.maskFaults.values()], provider.displayName);
		addRoundedSizeHint(host, [...this.roundedSizes]);
		for (const [{ displayName }, { missingImages }] of this.ofProviders) {
			addMissingImagesHint(host, missingImages, displayName);
		}
		addImageHints(host, items);
	}
}
