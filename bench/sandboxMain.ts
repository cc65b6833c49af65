/** A sandbox that another process controls. */
import { type Sandbox, startSandbox } from '../sandbox/emulator/server';
import { answerQuestions } from './childProcess';
import { type PeerHosts, startPeerHosts } from './peers/hosts';
import type { SandboxAddress, SandboxQuestion, Seen } from './sandboxProcess';

let running: { readonly sandbox: Sandbox; readonly peers: PeerHosts } | undefined;

async function start(question: SandboxQuestion): Promise<SandboxAddress> {
	const options = question.do === 'start' ? question.options : {};
	const sandbox = await startSandbox(options);
	const peers = await startPeerHosts(options);
	running = { sandbox, peers };
	return { urls: { ...sandbox.urls, ...peers.urls }, keys: { ...sandbox.keys } };
}

function look(): Seen {
	const { requests = [], tasks = [] } = running?.sandbox ?? {};
	return {
		requests: [
			...requests.map(({ provider, method, path, at }) => ({ provider, method, path, at })),
			...(running?.peers.requests ?? []),
		],
		tasks: [...tasks, ...(running?.peers.tasks ?? [])],
	};
}

answerQuestions(async (question: SandboxQuestion) => {
	if (question.do === 'start') return await start(question);
	if (question.do === 'look') return look();
	running?.sandbox.reset();
	running?.peers.reset();
	return undefined;
});
