import { MONO, SANS } from './fonts';
import type { Picture } from './picture';
import type { Canvas2D } from './scenes';

const MOST_PROMPT_LINES = 5;

/** Wraps a text to a width. The last line ends in an ellipsis if more is left. */
export function wrap(
	text: string,
	measure: (text: string) => number,
	width: number,
	mostLines: number,
): string[] {
	const lines: string[] = [];
	let line = '';
	for (const word of text.split(/\s+/).filter((part) => part !== '')) {
		for (const piece of breakWord(word, measure, width)) {
			const longer = line === '' ? piece : `${line} ${piece}`;
			if (line !== '' && measure(longer) > width) {
				lines.push(line);
				line = piece;
			} else {
				line = longer;
			}
		}
	}
	if (line !== '') lines.push(line);
	if (lines.length <= mostLines) return lines;
	let last = lines[mostLines - 1] ?? '';
	while (last !== '' && measure(`${last}…`) > width) last = last.slice(0, -1);
	return [...lines.slice(0, mostLines - 1), `${last.trimEnd()}…`];
}

function breakWord(word: string, measure: (text: string) => number, width: number): string[] {
	if (measure(word) <= width) return [word];
	const pieces: string[] = [];
	let piece = '';
	for (const character of word) {
		if (piece !== '' && measure(piece + character) > width) {
			pieces.push(piece);
			piece = '';
		}
		piece += character;
	}
	return [...pieces, piece];
}

/** Writes on the picture what it was made from, so that people and tests can read it. */
export function drawCaption({ context, width, height }: Canvas2D, picture: Picture): void {
	const size = Math.max(11, Math.min(34, Math.min(width, height) / 34));
	const small = size * 0.74;
	const margin = size;
	const padding = size * 0.9;
	const inner = width - 2 * (margin + padding);
	const promptFont = `bold ${size}px "${SANS}"`;
	const detailFont = `${small}px "${MONO}"`;
	const fit = (font: string, text: string, mostLines: number): string[] => {
		context.font = font;
		return wrap(text, (part) => context.measureText(part).width, inner, mostLines);
	};
	context.lang = 'en';
	context.textBaseline = 'top';
	const details = [
		`seed ${picture.seed} · ${picture.width}×${picture.height} · ${picture.format}${picture.index > 0 ? ` · image ${picture.index + 1}` : ''}`,
		`${picture.provider} · ${picture.model}`,
		...(picture.notes ?? []),
		...picture.loras.map(
			({ path, scale, style }) =>
				`LoRA × ${scale} ${path}${style === undefined ? '' : ` · trained on ${style.images} images`}`,
		),
	];
	const lines = [
		...fit(promptFont, picture.prompt, MOST_PROMPT_LINES).map((text) => ({
			text,
			font: promptFont,
			step: size * 1.3,
			colour: '#ffffff',
		})),
		...details.flatMap((detail) =>
			fit(detailFont, detail, 2).map((text) => ({
				text,
				font: detailFont,
				step: small * 1.45,
				colour: detail.startsWith('LoRA') ? '#ffd479' : '#d5dbe6',
			})),
		),
	];
	const panel = lines.reduce((sum, { step }) => sum + step, padding * 1.8);
	const top = Math.max(0, height - margin - panel);
	context.fillStyle = 'rgba(12, 14, 22, 0.74)';
	context.beginPath();
	context.roundRect(margin, top, width - 2 * margin, panel, size * 0.7);
	context.fill();
	let y = top + padding * 0.95;
	for (const { text, font, step, colour } of lines) {
		context.font = font;
		context.fillStyle = colour;
		context.fillText(text, margin + padding, y);
		y += step;
	}
}
