import { anyLoraLimits as limits } from '../../nodes/ZImage/providers/registry';
import type { Failure } from '../../nodes/ZImage/errors/failure';
import { mergeLoras, readLora, readLoras } from '../../nodes/ZImage/lora/loras';
import { readPath } from '../../nodes/ZImage/lora/paths';
import { loraPresets } from '../../nodes/ZImage/applyLoraPreset/presets';
import { readPresetRow } from '../../nodes/ZImage/applyLoraPreset/styles';

const inMode = (mode: string, value: string) => readPath({ __rl: true, mode, value }, 'path');
const many = ['a/a', 'b/b', 'c/c', 'd/d'].map((path) => ({ path, scale: 1 }));

it.each<[string, () => unknown, RegExp]>([
	['a scale', () => readLora({ path: 'a/b', scale: 5 }, 'LoRA', limits), /between 0\.6 and 1/],
	[
		'no path',
		() => readLora({}, 'LoRA', limits),
		/^The path is a Hugging Face repository.*"scale": 0\.8/,
	],
	['no list', () => readLoras('a/b', 'loras', limits), /^It should look like \[\{ "path"/],
	['too many', () => mergeLoras([many], 'fal', limits), /count together\. Remove some/],
	[
		'no URL',
		() => readPath('https://', 'path'),
		/^Enter the https link to a .safetensors file, or/,
	],
	['a user', () => readPath('https://me@a.example/b.safetensors', 'path'), /pre-signed/],
	['a password', () => readPath('https://:pw@a.example/b.safetensors', 'path'), /pre-signed/],
	['a URL as an ID', () => inMode('id', 'https://a.example/b'), /For a link, choose By URL/],
	['an ID as a URL', () => inMode('url', 'a/b'), /^Enter the https link.*choose By ID/],
	['a Civitai page', () => readPath('https://civitai.com/models/12/x', 'path'), /Download button/],
	[
		'a Google Drive page',
		() => readPath('https://drive.google.com/file/d/1/view', 'path'),
		/Upload it to Hugging Face/,
	],
	['a dataset', () => readPath('https://hf.co/datasets/a/b', 'path'), /copy the address/],
	[
		'a page with an invalid version',
		() => readPath('https://civitai.com/models/12?modelVersionId=3x', 'path'),
		/Download button/,
	],
	['an unknown preset', () => readPresetRow({ name: 'x' }, 'Preset 1'), /add it as a custom LoRA/],
])('an error about %s says what to do', (_, read, advice) => {
	expect.assertions(1);
	try {
		read();
	} catch (error) {
		expect((error as Failure).details.description).toMatch(advice);
	}
});

it('an error about an unknown preset lists all presets', () => {
	expect.assertions(loraPresets.length);
	try {
		readPresetRow({ name: 'x' }, 'Preset 1');
	} catch (error) {
		for (const { name } of loraPresets) {
			expect((error as Failure).details.description).toContain(name);
		}
	}
});

it.each([
	'https://civitai.com.example/models/12',
	'https://notcivitai.com/models/12',
	'https://civitai.com/api/download/models/34',
])("%s isn't a Civitai page", (url) => {
	expect(readPath(url, 'path')).toStrictEqual({ path: url, trigger: '' });
});
