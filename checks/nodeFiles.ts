import { registerHooks } from 'node:module';

// tsx would load the codex file next to a node, X.node.json, instead of the node itself.
registerHooks({
	resolve(specifier, context, nextResolve) {
		const isNode = /^\.{1,2}\/.*\.node$/.test(specifier);
		return nextResolve(isNode ? `${specifier}.ts` : specifier, context);
	},
});
