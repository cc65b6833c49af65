import { existsSync, readdirSync } from 'fs';
import { join, posix } from 'path';

import { anchorsIn, linksIn, pageFiles, project, readText } from './markdown';

/** A page's links to files in the project: the path from the project folder, and the anchor. */
function insideLinks(page: string): Array<{ link: string; file: string; anchor: string }> {
	return linksIn(readText(page))
		.filter((link) => !/^[a-z]+:/.test(link))
		.map((link) => {
			const [path = '', anchor = ''] = link.split('#');
			const file = path === '' ? page : posix.join(posix.dirname(page), path);
			return { link, file, anchor };
		});
}

it.each(pageFiles)('%s: every linked file and heading exists', (page) => {
	const broken = insideLinks(page).filter(({ file, anchor }) => {
		if (!existsSync(join(project, file))) return true;
		return anchor !== '' && !anchorsIn(readText(file)).includes(anchor);
	});
	expect(broken.map(({ link }) => link)).toEqual([]);
});

it('every page can be reached from the README', () => {
	const reached = new Set<string>();
	const visit = (page: string): void => {
		if (reached.has(page) || !pageFiles.includes(page)) return;
		reached.add(page);
		insideLinks(page).forEach(({ file }) => visit(file));
	};
	visit('README.md');
	expect([...reached].sort()).toEqual(pageFiles);
});

it('links to the web are encrypted, except links to this machine', () => {
	const links = pageFiles.flatMap((page) => linksIn(readText(page)));
	const web = links.filter((link) => /^[a-z]+:/.test(link));
	expect(web.filter((link) => !/^(https:|http:\/\/localhost)/.test(link))).toEqual([]);
});

it('the links in the editor lead to headings of the README', () => {
	const folder = join(project, 'nodes', 'ZImage');
	const codexes = readdirSync(folder).filter((file) => file.endsWith('.node.json'));
	const anchors = codexes.flatMap((file) => {
		const text = readText(join('nodes', 'ZImage', file));
		return [...text.matchAll(/n8n-nodes-z-image#([\w-]+)"/g)].map(([, anchor]) => anchor);
	});
	expect(codexes).toHaveLength(5);
	// GitHub shows the README at this URL.
	expect(anchorsIn(readText('README.md'))).toEqual(
		expect.arrayContaining(anchors.filter((anchor) => anchor !== 'readme')),
	);
});
