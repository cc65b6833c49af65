import type { Repository } from './repository';

/** Repositories that don't exist, as their owners' names indicate. */
export const INVENTED: readonly Repository[] = [
	{
		id: 'invented-lab/zimage-watercolor-lora',
		downloads: 1_440,
		files: ['zimage_watercolor_v1.safetensors', 'zimage_watercolor_v2.safetensors'],
		trigger: 'w4tercol0r',
	},
	{
		id: 'invented-lab/zimage-steps-collection',
		downloads: 1_390,
		files: [
			'checkpoints/zimage_steps_000000500.safetensors',
			'checkpoints/zimage_steps_000001000.safetensors',
			'zimage_steps.safetensors',
			'samples/preview.png',
		],
		trigger: 'st3ps',
	},
	{
		id: 'invented-lab/zimage-members-only',
		downloads: 1_201,
		files: ['members_only.safetensors'],
		trigger: 'm3mbers',
		gated: 'auto',
	},
	{
		id: 'invented-lab/zimage-no-weights',
		downloads: 1_100,
		files: ['config.json'],
		trigger: 'nothing here',
	},
	{
		id: 'invented-lab/flux-film-grain',
		downloads: 40_000,
		files: ['flux_film_grain.safetensors'],
		trigger: 'film grain',
		base: 'black-forest-labs/FLUX.1-dev',
	},
	...[
		['film-noir', 'film noir'],
		['linocut-print', 'l1nocut'],
		['isometric-rooms', 'isometric room'],
		['claymation', 'cl4y style'],
		['paper-cutout', 'paper cutout'],
		['botanical-plate', 'botanical plate'],
		['neon-street', null],
		['stained-glass', 'stained glass'],
		['ukiyo-e', 'ukiyo-e print'],
		['blueprint', 'bluepr1nt'],
		['polaroid-realism', 'p0laroid'],
		['wool-felt', 'wool felt'],
		['low-poly', 'low poly'],
		['chalkboard', undefined],
		['charcoal-portrait', 'charcoal portrait'],
		['comic-ink', 'c0mic ink'],
		['knitted', 'knitted'],
		['lego-diorama', undefined],
		['macro-realism', null],
		['tarot-gold', 'gold tarot'],
		['vintage-travel-poster', 'travel poster'],
		['x-ray', 'xr4y'],
		['mosaic-floor', 'mosaic'],
		['porcelain', 'porcelain'],
		['embroidery', 'embr0idery'],
		['infrared-photo', 'infrared photo'],
	].map(([name = '', trigger], index): Repository => {
		const file = `${(name ?? '').replaceAll('-', '_')}_z_image_turbo.safetensors`;
		return {
			id: `invented-artist-${index + 1}/${name}-z-image-turbo`,
			downloads: 900 - 31 * index,
			files: [file],
			...(trigger === undefined ? {} : { trigger }),
			licence: index % 3 === 0 ? 'cc-by-nc-4.0' : 'apache-2.0',
		};
	}),
];
