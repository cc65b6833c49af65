import type { IDataObject } from 'n8n-workflow';

import type { ParameterHost } from '../host';
import { readMoved, readOptions } from '../run/parameters';
import { toFlag } from '../values';

/** Where the user's image comes from. */
export interface PictureParameters {
	readonly source: unknown;
	/** Name of the binary field. */
	readonly field: unknown;
	readonly url: unknown;
}

/** Everything that an item asks for, unchecked: an expression may return anything. */
export interface GenerateParameters {
	readonly operation: unknown;
	readonly model: unknown;
	/** The kind of server. */
	readonly server: unknown;
	readonly prompt: unknown;
	readonly mode: unknown;
	readonly numberOfImages: unknown;
	readonly size: unknown;
	/** The size if there is a source image. */
	readonly outputSize: unknown;
	readonly width: unknown;
	readonly height: unknown;
	readonly image: PictureParameters;
	readonly mask: PictureParameters;
	readonly preprocess: unknown;
	/** The rows of the node. */
	readonly loras: unknown;
	/** The input item if the node must use the LoRAs that Apply LoRA Preset added, otherwise empty. */
	readonly styled: IDataObject;
	/** The collection Options. */
	readonly options: IDataObject;
}

/**
 * Reads every parameter of one item once. A missing one is `null`, or the node's own default if it has only
 * one.
 * @throws Failure for a switch that is neither on nor off
 */
export function readParameters(host: ParameterHost, itemIndex: number): GenerateParameters {
	const read = (name: string, fallback: unknown = null): unknown =>
		host.getNodeParameter(name, itemIndex, fallback);
	const readPicture = (name: 'image' | 'mask'): PictureParameters => ({
		source: read(`${name}Source`),
		field: read(`${name}Field`),
		url: read(`${name}Url`),
	});
	const options = readOptions(host, itemIndex);
	const readOption = (name: string, fallback?: unknown): unknown =>
		readMoved(host, itemIndex, name, options, fallback);
	const usesInput = toFlag(readOption('useInputLoras', true), 'Use LoRAs From Input', true);
	return {
		operation: read('operation', 'textToImage'),
		model: readOption('model', 'turbo'),
		server: read('server', 'standard'),
		prompt: read('prompt'),
		mode: readOption('mode', 'wait'),
		numberOfImages: readOption('numberOfImages'),
		size: read('size', '1024x1024'),
		outputSize: read('outputSize', 'auto'),
		width: read('width'),
		height: read('height'),
		image: readPicture('image'),
		mask: readPicture('mask'),
		preprocess: read('preprocess'),
		loras: read('loras.lora', []),
		styled: usesInput ? (host.getInputData()[itemIndex]?.json ?? {}) : {},
		options,
	};
}
