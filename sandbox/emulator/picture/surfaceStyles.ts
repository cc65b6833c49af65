import { hsl } from './palette';
import { brightness, mapRgb, rgb, sample, type Style } from './paint';

/** Saturated dye colors with dark corners. */
export const vivid: Style = ({ context, width, height, strength, hue }) => {
	context.globalCompositeOperation = 'saturation';
	context.fillStyle = `rgba(255, 0, 0, ${(0.85 * strength).toFixed(3)})`;
	context.fillRect(0, 0, width, height);
	context.globalCompositeOperation = 'overlay';
	const film = context.createLinearGradient(0, 0, width, height);
	film.addColorStop(0, hsl(hue, 100, 56, 0.55 * strength));
	film.addColorStop(1, hsl(hue + 170, 100, 38, 0.55 * strength));
	context.fillStyle = film;
	context.fillRect(0, 0, width, height);
	context.globalCompositeOperation = 'source-over';
	const corners = context.createRadialGradient(
		width / 2,
		height / 2,
		Math.min(width, height) * 0.35,
		width / 2,
		height / 2,
		Math.hypot(width, height) / 2,
	);
	corners.addColorStop(0, 'rgba(0, 0, 0, 0)');
	corners.addColorStop(1, `rgba(10, 0, 20, ${(0.75 * strength).toFixed(3)})`);
	context.fillStyle = corners;
	context.fillRect(0, 0, width, height);
};

/** Printed dots. */
export const halftone: Style = (paint) => {
	const { context, width, height, strength, hue } = paint;
	const grid = sample(paint, Math.max(6, Math.min(width, height) / 72));
	context.fillStyle = hsl(hue + 30, 60, 93, 0.88 * strength);
	context.fillRect(0, 0, width, height);
	for (let row = 0; row < grid.rows; row++) {
		for (let column = 0; column < grid.columns; column++) {
			const colour = grid.colour(column, row);
			const radius = grid.cell * (0.2 + 0.48 * (1 - brightness(colour)));
			context.fillStyle = rgb(colour, strength);
			context.beginPath();
			context.arc(
				(column + (row % 2 === 0 ? 0.25 : 0.75)) * grid.cell,
				(row + 0.5) * grid.cell,
				radius,
				0,
				7,
			);
			context.fill();
		}
	}
};

/** Big pixels. */
export const pixel: Style = (paint) => {
	const { context, strength } = paint;
	const grid = sample(paint, Math.max(6, Math.round(Math.min(paint.width, paint.height) / 56)));
	for (let row = 0; row < grid.rows; row++) {
		for (let column = 0; column < grid.columns; column++) {
			const colour = grid.colour(column, row).map((part) => Math.round(part / 36) * 36) as [
				number,
				number,
				number,
			];
			context.fillStyle = rgb(colour, strength);
			context.fillRect(
				Math.floor(column * grid.cell),
				Math.floor(row * grid.cell),
				Math.ceil(grid.cell),
				Math.ceil(grid.cell),
			);
		}
	}
};

/** Leaded glass. */
export const mosaic: Style = (paint) => {
	const { context, strength, random } = paint;
	const grid = sample(paint, Math.max(16, Math.min(paint.width, paint.height) / 17));
	const corners = Array.from({ length: grid.rows + 1 }, (_row, row) =>
		Array.from({ length: grid.columns + 1 }, (_column, column) => ({
			x: (column + random.between(-0.3, 0.3)) * grid.cell,
			y: (row + random.between(-0.3, 0.3)) * grid.cell,
		})),
	);
	context.lineJoin = 'round';
	context.lineWidth = grid.cell * 0.07;
	context.strokeStyle = `rgba(14, 12, 20, ${strength.toFixed(3)})`;
	const pane = (points: ReadonlyArray<{ x: number; y: number } | undefined>, colour: string) => {
		context.fillStyle = colour;
		context.beginPath();
		for (const point of points) if (point !== undefined) context.lineTo(point.x, point.y);
		context.closePath();
		context.fill();
		context.stroke();
	};
	for (let row = 0; row < grid.rows; row++) {
		for (let column = 0; column < grid.columns; column++) {
			const colour = grid.colour(column, row);
			const a = corners[row]?.[column];
			const b = corners[row]?.[column + 1];
			const c = corners[row + 1]?.[column + 1];
			const d = corners[row + 1]?.[column];
			pane([a, b, d], rgb(colour, strength));
			pane(
				[b, c, d],
				rgb(
					mapRgb(colour, (part) => part * 0.85),
					strength,
				),
			);
		}
	}
};
