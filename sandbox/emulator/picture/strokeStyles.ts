import { hsl } from './palette';
import { brightness, mapRgb, rgb, sample, type Style } from './paint';

/** Thick strokes in the underlying colors. */
export const painting: Style = (paint) => {
	const { context, width, height, strength, random } = paint;
	const unit = Math.min(width, height);
	const grid = sample(paint, Math.max(4, unit / 90));
	context.lineCap = 'round';
	for (let stroke = 0; stroke < 2600; stroke++) {
		const x = random.between(0, width);
		const y = random.between(0, height);
		const colour = grid.colour(Math.floor(x / grid.cell), Math.floor(y / grid.cell));
		const tone = random.between(-26, 26);
		context.strokeStyle = rgb(
			mapRgb(colour, (part) => part + tone),
			0.75 * strength,
		);
		context.lineWidth = unit * random.between(0.006, 0.016);
		const angle =
			Math.sin((x / width) * 5) + Math.cos((y / height) * 6) + random.between(-0.4, 0.4);
		const length = unit * random.between(0.02, 0.05);
		context.beginPath();
		context.moveTo(x, y);
		context.lineTo(x + Math.cos(angle) * length, y + Math.sin(angle) * length);
		context.stroke();
	}
};

/** White paper and black contours, as in a coloring book. */
export const outline: Style = (paint) => {
	const { context, width, height, strength } = paint;
	const grid = sample(paint, Math.max(3, Math.min(width, height) / 170));
	context.fillStyle = `rgba(255, 255, 255, ${(0.9 * strength).toFixed(3)})`;
	context.fillRect(0, 0, width, height);
	context.strokeStyle = `rgba(20, 20, 24, ${strength.toFixed(3)})`;
	context.lineWidth = Math.max(1.5, grid.cell * 0.45);
	context.lineCap = 'round';
	const level = (column: number, row: number) =>
		Math.floor(brightness(grid.colour(column, row)) * 7);
	context.beginPath();
	for (let row = 0; row < grid.rows - 1; row++) {
		for (let column = 0; column < grid.columns - 1; column++) {
			const here = level(column, row);
			const x = (column + 1) * grid.cell;
			const y = (row + 1) * grid.cell;
			if (here !== level(column + 1, row)) {
				context.moveTo(x, y - grid.cell);
				context.lineTo(x, y);
			}
			if (here !== level(column, row + 1)) {
				context.moveTo(x - grid.cell, y);
				context.lineTo(x, y);
			}
		}
	}
	context.stroke();
};

/** Waxy scribbles, as a child would draw. */
export const crayon: Style = (paint) => {
	const { context, width, height, strength, random } = paint;
	const unit = Math.min(width, height);
	const grid = sample(paint, Math.max(6, unit / 40));
	context.fillStyle = hsl(46, 60, 95, 0.72 * strength);
	context.fillRect(0, 0, width, height);
	context.lineCap = 'round';
	context.lineJoin = 'round';
	for (let scribble = 0; scribble < 900; scribble++) {
		const x = random.between(-0.05, 1) * width;
		const y = random.between(-0.05, 1) * height;
		context.strokeStyle = rgb(
			grid.colour(Math.max(0, Math.floor(x / grid.cell)), Math.max(0, Math.floor(y / grid.cell))),
			0.78 * strength,
		);
		context.lineWidth = unit * random.between(0.003, 0.008);
		context.beginPath();
		context.moveTo(x, y);
		for (let turn = 1; turn <= 5; turn++) {
			context.lineTo(
				x + unit * 0.012 * turn,
				y + unit * (turn % 2 === 0 ? -0.022 : 0.03) * random.between(0.6, 1.3),
			);
		}
		context.stroke();
	}
};

/** Engraved lines, denser in dark areas. */
export const hatch: Style = (paint) => {
	const { context, width, height, strength, hue } = paint;
	const grid = sample(paint, Math.max(5, Math.min(width, height) / 110));
	context.fillStyle = hsl(hue, 28, 92, 0.8 * strength);
	context.fillRect(0, 0, width, height);
	context.strokeStyle = hsl(hue, 55, 18, strength);
	for (let row = 0; row < grid.rows; row++) {
		for (let column = 0; column < grid.columns; column++) {
			const dark = 1 - brightness(grid.colour(column, row));
			if (dark < 0.12) continue;
			const x = column * grid.cell;
			const y = row * grid.cell;
			context.lineWidth = grid.cell * dark * 0.42;
			context.beginPath();
			context.moveTo(x, y + grid.cell);
			context.lineTo(x + grid.cell, y);
			context.stroke();
		}
	}
};
