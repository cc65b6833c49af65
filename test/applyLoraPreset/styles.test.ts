import { Failure } from '../../nodes/ZImage/errors/failure';
import { loraPresets } from '../../nodes/ZImage/applyLoraPreset/presets';
import type { Style } from '../../nodes/ZImage/applyLoraPreset/styles';
import {
	allPresetStyles,
	readOwnStyle,
	readPresetRow,
} from '../../nodes/ZImage/applyLoraPreset/styles';

const tarot = (scale: number): Style => ({
	name: 'tarot',
	lora: { path: 'multimodalart/tarot-z-image-lora', scale, trigger: 'trtcrd' },
});

describe('readPresetRow', () => {
	it.each<[Record<string, unknown>, Style]>([
		[{ name: 'tarot' }, tarot(0.8)],
		[{ name: 'tarot', scale: 0 }, tarot(0.8)],
		[{ name: 'tarot', scale: '' }, tarot(0.8)],
		[{ name: 'tarot', scale: '1.2' }, tarot(1.2)],
	])('reads %j', (row, style) => {
		expect(readPresetRow(row, 'Preset 1')).toEqual(style);
	});

	it.each<[Record<string, unknown>, string]>([
		[{ name: 'nope' }, 'Preset "nope" is not known'],
		[{ name: 7 }, 'Preset "7" is not known'],
		[{ name: ['tarot'] }, 'Preset "" is not known'],
		[{ name: 'tarot', scale: 5 }, 'The scale of P must be between 0 and 4 (got 5)'],
	])('refuses %j', (row, message) => {
		expect(() => readPresetRow(row, 'P')).toThrow(new Failure(message));
	});
});

describe('readOwnStyle', () => {
	const list = (value: string) => ({ __rl: true, mode: 'list', value });
	const url = 'https://huggingface.co/me/mine/resolve/main/a.safetensors';

	it.each<[unknown, Style]>([
		[{ path: 'me/mine' }, { name: 'me/mine', lora: { path: 'me/mine', scale: 1 } }],
		[
			{ name: ' Mine ', path: 'me/mine', scale: 0.4, trigger: ' m1ne ' },
			{ name: 'Mine', lora: { path: 'me/mine', scale: 0.4, trigger: 'm1ne' } },
		],
		[
			{ path: list('me/mine/a.safetensors#trigger=m1ne') },
			{ name: 'me/mine/a.safetensors', lora: { path: url, scale: 1, trigger: 'm1ne' } },
		],
		[
			{ name: '', path: list('me/mine#trigger=m1ne'), trigger: 'other' },
			{ name: 'me/mine', lora: { path: 'me/mine', scale: 1, trigger: 'other' } },
		],
		[
			{ path: list('me/mine#trigger=m1ne'), trigger: ' ' },
			{ name: 'me/mine', lora: { path: 'me/mine', scale: 1, trigger: 'm1ne' } },
		],
		[
			{ name: 7, path: 'me/mine', trigger: 42 },
			{ name: '7', lora: { path: 'me/mine', scale: 1, trigger: '42' } },
		],
	])('reads %j', (value, style) => {
		expect(readOwnStyle(value, 'L')).toEqual(style);
	});

	it.each<[unknown, string]>([
		['me/mine', 'L must have a path (got "me/mine")'],
		[{ name: 'Mine' }, 'L must have a path (got {"name":"Mine"})'],
		[{ path: 'me/mine', scale: 7 }, 'The scale of L must be between 0 and 4 (got 7)'],
		[{ path: 'http://me.example' }, 'The path of L must start with https:// (got http://)'],
	])('refuses %j', (value, message) => {
		expect(() => readOwnStyle(value, 'L')).toThrow(new Failure(message));
	});
});

it('allPresetStyles has every preset', () => {
	const styles = allPresetStyles();
	expect(styles.map(({ name }) => name)).toEqual(loraPresets.map(({ name }) => name));
	expect(styles).toContainEqual(tarot(0.8));
});
