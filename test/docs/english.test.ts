import { execFileSync } from 'child_process';
import { readFileSync } from 'fs';
import { join } from 'path';

import { project } from './markdown';

/** Words that a native technical writer would not use, and what to write instead. */
const banned: ReadonlyArray<readonly [RegExp, string]> = [
	[/\bha(s|ve) not\b/i, "doesn't have, doesn't support"],
	[/(?<!\bthere )\bis none\b/i, "isn't valid, there isn't one"],
	[/\bbe had\b/i, 'available'],
	[/\bin the place of\b/i, 'instead of'],
	[/\btells of\b/i, 'reports'],
	[/\btaken up\b/i, 'resumed'],
	[/\binside of\b/i, 'inside'],
	[/\banew\b/i, 'again'],
	[/\bfor ever\b/i, 'forever'],
	[/\bhand(s|ed)? out\b/i, 'return'],
	[/\bshall\b/i, 'must, will'],
	[/\ball the same\b/i, 'anyway'],
	[/\bblotted\b/i, 'masked'],
	[/\bLeft out:/, 'Default:'],
	[/\bthe credential of this node\b/i, "the node's credential"],
	[/\bbut for\b/i, 'except, except for'],
	[/\bone's own\b/i, "your own, the user's own"],
	[/\bservers? of (your|the user's) own\b/, "your own server, the user's own server"],
	[/\bfor it to show\b/i, 'for the LoRA to work'],
	[/\bby what the editor\b/i, 'that the editor'],
	[/\bwithin 1 seconds\b/i, 'within 1 second'],
];

const files = execFileSync(
	'git',
	['ls-files', '*.md', 'nodes', 'credentials', 'examples', 'sandbox', 'bench', 'checks', 'test'],
	{
		cwd: project,
		encoding: 'utf8',
	},
)
	.split('\n')
	.filter((file) => /\.(md|ts|json|mjs)$/.test(file))
	.filter((file) => !/-lock\.json$|^test\/(fixtures\/|docs\/english)/.test(file));

it.each(banned.map(([pattern, better]) => [pattern.source, better, pattern] as const))(
	'nothing that a person reads says /%s/: write "%s"',
	(_, better, pattern) => {
		const found = files.flatMap((file) =>
			readFileSync(join(project, file), 'utf8')
				.split('\n')
				.flatMap((line, index) =>
					pattern.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [],
				),
		);
		expect(files.length).toBeGreaterThan(200);
		expect(better).not.toMatch(pattern);
		expect(found).toEqual([]);
	},
);
