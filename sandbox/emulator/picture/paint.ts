import { createCanvas, type Canvas } from '@napi-rs/canvas';
import type { Random } from './random';
import type { Canvas2D } from './scenes';

export type Rgb = readonly [number, number, number];

export interface Paint extends Canvas2D {
	readonly source: Canvas;
	readonly strength: number;
	readonly hue: number;
	readonly random: Random;
}

export type Style = (paint: Paint) => void;

export interface Sample {
	readonly columns: number;
	readonly rows: number;
	readonly cell: number;
	colour(column: number, row: number): Rgb;
}

/** The picture so far, as a coarse grid of colors. */
export function sample({ source, width, height }: Paint, cell: number): Sample {
	const columns = Math.ceil(width / cell);
	const rows = Math.ceil(height / cell);
	const small = createCanvas(columns, rows).getContext('2d');
	small.drawImage(source, 0, 0, columns, rows);
	const { data } = small.getImageData(0, 0, columns, rows);
	return {
		columns,
		rows,
		cell,
		colour: (column, row) => {
			const at = (Math.min(row, rows - 1) * columns + Math.min(column, columns - 1)) * 4;
			return [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0];
		},
	};
}

export const rgb = ([red, green, blue]: Rgb, alpha: number): string =>
	`rgba(${red}, ${green}, ${blue}, ${alpha.toFixed(3)})`;

export const brightness = ([red, green, blue]: Rgb): number =>
	(red * 0.3 + green * 0.59 + blue * 0.11) / 255;

const byte = (value: number): number => Math.max(0, Math.min(255, Math.round(value)));

/** The color with each channel changed, kept in range. */
export const mapRgb = ([red, green, blue]: Rgb, change: (part: number) => number): Rgb => [
	byte(change(red)),
	byte(change(green)),
	byte(change(blue)),
];
