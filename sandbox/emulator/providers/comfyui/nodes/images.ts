import type { Channel, Drawing } from '../drawing';
import { PythonError } from '../python';
import { combo, MAX_RESOLUTION, type InputSpec, type NodeClass, type World } from './nodeClass';
import type { NodeInputs } from './values';

const place: InputSpec = ['INT', { default: 0, min: 0, max: MAX_RESOLUTION, step: 1 }];
const size: InputSpec = ['INT', { default: 512, min: 0, max: MAX_RESOLUTION, step: 1 }];

const channelOf = (of: Drawing, channel: Channel): Drawing => {
	const { width, height } = of;
	return { kind: 'channel', of, channel, width, height };
};

function load(inputs: NodeInputs, { find }: World): Drawing {
	const name = inputs.text('image');
	const file = find(name);
	if (file === undefined) {
		throw new PythonError('FileNotFoundError', `[Errno 2] No such file or directory: '${name}'`);
	}
	// Pillow can't read it either.
	if (file.drawing.width === 0) {
		throw new PythonError('PIL.UnidentifiedImageError', `cannot identify image file '${name}'`);
	}
	return file.drawing;
}

/** If one side is 0, it is computed from the other. If both are, nothing changes. */
function scale(image: Drawing, inputs: NodeInputs): Drawing {
	const [width, height] = [inputs.number('width'), inputs.number('height')];
	if (width === 0 && height === 0) return image;
	const crop = inputs.text('crop') === 'center';
	return {
		kind: 'scaled',
		of: image,
		crop,
		width: width || Math.max(1, Math.round((image.width * height) / image.height)),
		height: height || Math.max(1, Math.round((image.height * width) / image.width)),
	};
}

function composite(destination: Drawing, source: Drawing, inputs: NodeInputs): Drawing {
	const { width, height } = destination;
	const isResized = inputs.isTrue('resize_source');
	return {
		kind: 'composite',
		destination,
		source: isResized ? { kind: 'scaled', of: source, crop: false, width, height } : source,
		x: inputs.number('x'),
		y: inputs.number('y'),
		width,
		height,
		...(inputs.has('mask') ? { mask: inputs.linked('mask', 'MASK').mask } : {}),
	};
}

function channelOfImage(inputs: NodeInputs): Drawing {
	const [image] = inputs.linked('image', 'IMAGE').images;
	const channel = inputs.text('channel') as Channel;
	if (image === undefined || channel === 'alpha') {
		throw new PythonError('IndexError', 'index 3 is out of bounds for dimension 3 with size 3');
	}
	return channelOf(image, channel);
}

/** [Comfy-Org/ComfyUI nodes.py @02217e3; comfy_extras/nodes_mask.py @d9ac00e] */
export const IMAGES: Readonly<Record<string, NodeClass>> = {
	LoadImage: {
		required: ({ inputNames }) => ({ image: [inputNames, { image_upload: true }] }),
		outputs: ['IMAGE', 'MASK'],
		module: 'nodes',
		category: 'image',
		displayName: 'Load Image',
		checksFile: true,
		run: (inputs, world) => {
			const image = load(inputs, world);
			return [
				{ type: 'IMAGE', images: [image] },
				{ type: 'MASK', mask: channelOf(image, 'alpha') },
			];
		},
	},
	LoadImageMask: {
		required: ({ inputNames }) => ({
			image: [inputNames, { image_upload: true }],
			channel: [['alpha', 'red', 'green', 'blue']],
		}),
		outputs: ['MASK'],
		module: 'nodes',
		category: 'image',
		displayName: 'Load Image (as Mask)',
		checksFile: true,
		run: (inputs, world) => [
			{
				type: 'MASK',
				mask: channelOf(load(inputs, world), inputs.text('channel') as Channel),
			},
		],
	},
	ImageScale: {
		required: () => ({
			image: ['IMAGE'],
			upscale_method: [['nearest-exact', 'bilinear', 'area', 'bicubic', 'lanczos']],
			width: size,
			height: size,
			crop: [['disabled', 'center']],
		}),
		outputs: ['IMAGE'],
		module: 'nodes',
		category: 'image/upscaling',
		displayName: 'Upscale Image',
		run: (inputs) => [
			{
				type: 'IMAGE',
				images: inputs.linked('image', 'IMAGE').images.map((image) => scale(image, inputs)),
			},
		],
	},
	ImageCompositeMasked: {
		required: () => ({
			destination: ['IMAGE'],
			source: ['IMAGE'],
			x: place,
			y: place,
			resize_source: ['BOOLEAN', { default: false }],
		}),
		optional: { mask: ['MASK'] },
		outputs: ['IMAGE'],
		module: 'comfy_extras.nodes_mask',
		category: 'image/compositing',
		displayName: 'Image Composite Masked',
		run: (inputs) => {
			const sources = inputs.linked('source', 'IMAGE').images;
			const images = inputs
				.linked('destination', 'IMAGE')
				// The batch of the destination counts. [nodes_mask.py: repeat_to_batch_size]
				.images.map((destination, index) =>
					composite(destination, sources[index % sources.length] ?? destination, inputs),
				);
			return [{ type: 'IMAGE', images }];
		},
	},
	ImageToMask: {
		required: () => ({ image: ['IMAGE'], channel: combo(['red', 'green', 'blue', 'alpha']) }),
		outputs: ['MASK'],
		module: 'comfy_extras.nodes_mask',
		category: 'image/mask',
		displayName: 'Convert Image to Mask',
		run: (inputs) => [{ type: 'MASK', mask: channelOfImage(inputs) }],
	},
	GrowMask: {
		required: () => ({
			mask: ['MASK'],
			expand: ['INT', { default: 0, min: -MAX_RESOLUTION, max: MAX_RESOLUTION, step: 1 }],
			tapered_corners: ['BOOLEAN', { default: true }],
		}),
		outputs: ['MASK'],
		module: 'comfy_extras.nodes_mask',
		category: 'image/mask',
		displayName: 'Grow Mask',
		run: (inputs) => {
			const { mask } = inputs.linked('mask', 'MASK');
			const { width, height } = mask;
			const tapered = inputs.isTrue('tapered_corners');
			return [
				{
					type: 'MASK',
					mask: { kind: 'grown', of: mask, by: inputs.number('expand'), tapered, width, height },
				},
			];
		},
	},
	SaveImage: {
		required: () => ({
			images: ['IMAGE'],
			filename_prefix: ['STRING', { default: 'ComfyUI' }],
		}),
		outputs: ['IMAGE'],
		module: 'nodes',
		category: 'image',
		displayName: 'Save Image',
		output: 'output',
		run: (inputs) => [inputs.linked('images', 'IMAGE')],
	},
	PreviewImage: {
		required: () => ({ images: ['IMAGE'] }),
		outputs: ['IMAGE'],
		module: 'nodes',
		category: 'image',
		displayName: 'Preview Image',
		output: 'temp',
		run: (inputs) => [inputs.linked('images', 'IMAGE')],
	},
};
