import type { LoraPreset } from '../../nodes/ZImage/applyLoraPreset/presets';
import { findPreset, loraPresets } from '../../nodes/ZImage/applyLoraPreset/presets';

const presets: readonly LoraPreset[] = loraPresets;

/** Training adapters and utilities for other models in the list of shared/seeds/003. They aren't styles. */
const utilities = ['GuangyuanSD/Z-Image-Re-Turbo-LoRA', 'ostris/zimage_turbo_training_adapter'];

it('has at least 12 presets, in the order of their display names', () => {
	expect(presets.length).toBeGreaterThanOrEqual(12);
	const names = presets.map(({ displayName }) => displayName);
	expect(names).toStrictEqual([...names].sort((a, b) => a.localeCompare(b, 'en')));
});

it.each(['name', 'displayName', 'path'] as const)('has no duplicate %s', (field) => {
	const values = presets.map((preset) => preset[field].toLowerCase());
	expect(new Set(values).size).toBe(values.length);
});

describe.each(presets)('$name', (preset) => {
	it('has a repository on Hugging Face, owner/name', () => {
		expect(preset.path).toMatch(/^[\w.-]+\/[\w.-]+$/);
		expect(utilities).not.toContain(preset.path);
	});

	it('has a valid scale that has a visible effect', () => {
		expect(preset.scale).toBeGreaterThan(0);
		expect(preset.scale).toBeLessThanOrEqual(4);
	});

	it('has trigger words or states that it needs none', () => {
		if (preset.trigger === undefined) expect(preset.description).toContain('no trigger words');
		else expect(preset.trigger).toBe(preset.trigger.trim());
		expect(preset.trigger).not.toBe('');
	});

	it('has a value for saved workflows, and can be found by it', () => {
		expect(preset.name).toMatch(/^[a-z][A-Za-z0-9]*$/);
		expect(findPreset(preset.name)).toBe(preset);
	});
});

it('finds nothing under another name', () => {
	expect(['', 'Anime', 'animez', 'toString'].map(findPreset)).toStrictEqual(
		Array(4).fill(undefined),
	);
});
