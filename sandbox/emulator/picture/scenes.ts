import type { SKRSContext2D } from '@napi-rs/canvas';
import { hsl, type Palette } from './palette';
import type { Random } from './random';

export interface Canvas2D {
	readonly context: SKRSContext2D;
	readonly width: number;
	readonly height: number;
}

type Scene = (canvas: Canvas2D, palette: Palette, random: Random) => void;

const FULL_TURN = Math.PI * 2;

function fillSky(
	{ context, width, height }: Canvas2D,
	colours: readonly string[],
	lean: number,
): void {
	const sky = context.createLinearGradient(width * (0.5 - lean), 0, width * (0.5 + lean), height);
	colours.forEach((colour, index) => sky.addColorStop(index / (colours.length - 1), colour));
	context.fillStyle = sky;
	context.fillRect(0, 0, width, height);
}

function disc(
	{ context }: Canvas2D,
	[x, y, radius]: readonly [number, number, number],
	colour: string | CanvasGradient,
): void {
	context.fillStyle = colour;
	context.beginPath();
	context.arc(x, y, radius, 0, FULL_TURN);
	context.fill();
}

function glow(
	canvas: Canvas2D,
	x: number,
	y: number,
	radius: number,
	hue: number,
	alpha: number,
): void {
	const light = canvas.context.createRadialGradient(x, y, 0, x, y, radius);
	light.addColorStop(0, hsl(hue, 95, 82, alpha));
	light.addColorStop(1, hsl(hue, 95, 70, 0));
	canvas.context.fillStyle = light;
	canvas.context.fillRect(x - radius, y - radius, radius * 2, radius * 2);
}

/** Ridges under a low sun. */
const ridges: Scene = (canvas, palette, random) => {
	const { context, width, height } = canvas;
	const unit = Math.min(width, height);
	fillSky(
		canvas,
		[palette.deep, palette.middle, palette.light, palette.pale],
		random.between(-0.2, 0.2),
	);
	for (let star = 0; star < 70; star++) {
		disc(
			canvas,
			[
				random.between(0, width),
				random.between(0, height * 0.4),
				unit * random.between(0.0006, 0.0022),
			],
			hsl(palette.hue, 40, 96, random.between(0.2, 0.9)),
		);
	}
	const sun = [width * random.between(0.2, 0.8), height * random.between(0.2, 0.42)] as const;
	const radius = unit * random.between(0.08, 0.15);
	glow(canvas, sun[0], sun[1], radius * 4.5, palette.hue + 40, 0.75);
	disc(canvas, [sun[0], sun[1], radius], palette.accent);
	disc(canvas, [sun[0] - radius * 0.12, sun[1] - radius * 0.12, radius * 0.8], palette.second);
	const layers = random.integer(5, 7);
	for (let layer = 0; layer < layers; layer++) {
		const depth = layer / (layers - 1);
		const base = height * (0.42 + depth * 0.4);
		const swing = height * (0.11 - depth * 0.03);
		const waves = [1, 2.3, 5.1, 11].map((frequency, index) => ({
			frequency: frequency * random.between(0.8, 1.6),
			phase: random.between(0, FULL_TURN),
			size: swing / (index * 1.6 + 1),
		}));
		const slope = context.createLinearGradient(0, base - swing, 0, base + height * 0.3);
		slope.addColorStop(0, hsl(palette.hue + 25 - depth * 60, 45 + depth * 14, 66 - depth * 50));
		slope.addColorStop(1, hsl(palette.hue + 5 - depth * 50, 50, 78 - depth * 62));
		context.fillStyle = slope;
		context.beginPath();
		context.moveTo(0, height);
		for (let x = 0; x <= width + 6; x += 6) {
			const at = (x / width) * FULL_TURN;
			const rise = waves.reduce(
				(sum, { frequency, phase, size }) => sum + Math.sin(at * frequency * 0.5 + phase) * size,
				0,
			);
			context.lineTo(x, base - rise);
		}
		context.lineTo(width + 6, height);
		context.fill();
	}
};

/** Glass orbs and rings that float over each other. */
const orbs: Scene = (canvas, palette, random) => {
	const { context, width, height } = canvas;
	const unit = Math.min(width, height);
	fillSky(
		canvas,
		[palette.pale, palette.light, palette.middle, palette.deep],
		random.between(-0.5, 0.5),
	);
	glow(canvas, width * random.next(), height * random.next(), unit * 0.9, palette.hue + 180, 0.5);
	const count = random.integer(16, 24);
	for (let orb = 0; orb < count; orb++) {
		const x = width * random.between(0.02, 0.98);
		const y = height * random.between(0.02, 0.9);
		const radius = unit * random.between(0.03, 0.05 + 0.17 * random.next());
		const hue = palette.hue + random.pick([0, 24, -24, 48, 180, 200]);
		if (random.next() < 0.28) {
			context.strokeStyle = hsl(hue, 80, random.between(55, 90), 0.85);
			context.lineWidth = radius * random.between(0.04, 0.16);
			context.beginPath();
			context.arc(x, y, radius, random.between(0, 6), random.between(7, 12));
			context.stroke();
			continue;
		}
		const shade = context.createRadialGradient(
			x - radius * 0.35,
			y - radius * 0.4,
			radius * 0.05,
			x,
			y,
			radius,
		);
		shade.addColorStop(0, hsl(hue, 90, 92, 0.95));
		shade.addColorStop(0.45, hsl(hue, 76, 62, 0.86));
		shade.addColorStop(1, hsl(hue - 20, 70, 30, 0.9));
		context.shadowColor = hsl(palette.hue, 60, 10, 0.35);
		context.shadowBlur = unit * 0.02;
		context.shadowOffsetY = unit * 0.012;
		disc(canvas, [x, y, radius], shade);
		context.shadowColor = 'transparent';
	}
};

/** Broad ribbons that flow across. */
const ribbons: Scene = (canvas, palette, random) => {
	const { context, width, height } = canvas;
	fillSky(canvas, [palette.dark, palette.deep, palette.middle], random.between(-0.6, 0.6));
	glow(
		canvas,
		width * random.next(),
		height * random.between(0, 0.5),
		Math.max(width, height) * 0.7,
		palette.hue + 30,
		0.4,
	);
	const count = random.integer(9, 13);
	const bend = [random.between(-0.5, 0.5), random.between(-0.5, 0.5)] as const;
	const turn = random.pick([60, -60, 90, -45]);
	const accents = [random.integer(1, count - 2), random.integer(1, count - 2)];
	for (let ribbon = 0; ribbon < count; ribbon++) {
		const along = ribbon / (count - 1);
		const start = height * (-0.25 + along * 1.3);
		const end = start + height * (bend[0] * 0.5 + random.between(-0.08, 0.08));
		const thick = (height / count) * random.between(0.9, 1.9);
		const lift = height * (bend[1] + random.between(-0.12, 0.12));
		const hue = palette.hue + (along - 0.5) * turn + (accents.includes(ribbon) ? 180 : 0);
		const lightness = random.between(38, 62) + along * 14;
		const sheen = context.createLinearGradient(
			0,
			Math.min(start, end),
			width * 0.3,
			Math.max(start, end) + thick,
		);
		sheen.addColorStop(0, hsl(hue, 74, lightness + 18));
		sheen.addColorStop(0.5, hsl(hue, 68, lightness));
		sheen.addColorStop(1, hsl(hue + 16, 70, lightness - 22));
		context.globalAlpha = random.between(0.8, 0.97);
		context.fillStyle = sheen;
		context.shadowColor = hsl(palette.hue, 60, 8, 0.4);
		context.shadowBlur = height * 0.015;
		context.beginPath();
		context.moveTo(0, start);
		context.bezierCurveTo(width * 0.33, start + lift, width * 0.66, end - lift, width, end);
		context.lineTo(width, end + thick);
		context.bezierCurveTo(
			width * 0.66,
			end - lift + thick * 1.5,
			width * 0.33,
			start + lift + thick * 0.6,
			0,
			start + thick,
		);
		context.fill();
	}
	context.shadowColor = 'transparent';
	context.globalAlpha = 1;
};

export const SCENES: readonly [Scene, ...Scene[]] = [ridges, orbs, ribbons];
