import { createCanvas, loadImage } from '@napi-rs/canvas';
import type { Page } from 'playwright-core';
import { testId } from './testId';

/** Large enough to read the names of all nodes in the widest template. */
const VIEWPORT = { width: 1_920, height: 1_080 };
const MARGIN = 24;
/** From 0 to 100. */
const WEBP_QUALITY = 75;
/** Long enough for the canvas to stop moving, which the editor doesn't signal. */
const SETTLE_MS = 1_000;

const WORKFLOW = '.vue-flow, .vue-flow :is(.canvas-background, .vue-flow__viewport)';

const DRAWN = '.vue-flow__node, .vue-flow__node *, .vue-flow__edge-path';

/** Hides the editor around the workflow, and the buttons above each node. */
const ONLY_THE_WORKFLOW = `
	body * { visibility: hidden !important }
	:is(${WORKFLOW}), .vue-flow__viewport * { visibility: visible !important }
	${testId('canvas-node-toolbar')}, ${testId('canvas-node-toolbar')} * { display: none !important }
`;

/** The part of the page with the nodes and their names, the connections and the notes. */
async function workflowBox(page: Page) {
	const edges = await page.locator(DRAWN).evaluateAll((elements) => {
		const boxes = elements
			.map((element) => element.getBoundingClientRect())
			.filter(({ width, height }) => width > 0 && height > 0);
		return {
			left: Math.min(...boxes.map(({ left }) => left)),
			top: Math.min(...boxes.map(({ top }) => top)),
			right: Math.max(...boxes.map(({ right }) => right)),
			bottom: Math.max(...boxes.map(({ bottom }) => bottom)),
		};
	});
	return {
		x: edges.left - MARGIN,
		y: edges.top - MARGIN,
		width: edges.right - edges.left + 2 * MARGIN,
		height: edges.bottom - edges.top + 2 * MARGIN,
	};
}

async function webp(png: Buffer): Promise<Buffer> {
	const image = await loadImage(png);
	const canvas = createCanvas(image.width, image.height);
	canvas.getContext('2d').drawImage(image, 0, 0);
	return await canvas.encode('webp', WEBP_QUALITY);
}

/** A WebP screenshot of the whole open workflow, without the editor around it. */
export async function canvasImage(page: Page): Promise<Buffer> {
	await page.setViewportSize(VIEWPORT);
	await page.addStyleTag({ content: ONLY_THE_WORKFLOW });
	await page.locator(testId('zoom-to-fit')).dispatchEvent('click');
	await page.waitForTimeout(SETTLE_MS);
	return await webp(await page.screenshot({ clip: await workflowBox(page) }));
}
