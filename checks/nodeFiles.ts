import { registerHooks } from 'node:module';

// tsx takes the codex file beside a node, X.node.json, for the node itself.
registerHooks({
	resolve(specifier, context, nextResolve) {
		const isNode = /^\.{1,2}\/.*\.node$/.test(specifier);
		return nextResolve(isNode ? `${specifier}.ts` : specifier, context);
	},
});
