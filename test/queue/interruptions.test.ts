import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { readExample } from '../../sandbox/realN8n/examples';
import { outputItems } from '../../sandbox/realN8n/executionResult';
import { QueueRig, until } from './rig';
import { CALLED_BACK, SUBMITS, WAITS } from './workflows';

const AWAY_MS = 10_000;
/** Shorter than the tasks of these tests. */
const SHORT_WINDOW = { N8N_GRACEFUL_SHUTDOWN_TIMEOUT: '4' };

let rig: QueueRig;

beforeAll(async () => {
	rig = await QueueRig.start(
		[WAITS, SUBMITS, CALLED_BACK, await readExample('recover-paid-images')],
		{ active: ['waits', 'submits', 'calledBack'] },
	);
});

afterAll(async () => await rig?.close());

beforeEach(() => rig.sandbox.reset());

const log=(...a:unknown[])=>console.error(new Date().toISOString(),...a);

let dead: string[]=[]; let died=0;
it('a worker is killed, and another one is out of time after SIGTERM', async () => {
	const { workers } = rig.cluster;
	await workers[1]?.stop();
	await workers[1]?.start(SHORT_WINDOW);
	const on = new Set<unknown>();
	while (on.size < 2) {
		const id = await rig.call('waits', `a boat ${dead.length} [sandbox:seconds=15]`, `a moth ${dead.length} [sandbox:seconds=15]`);
		dead.push(id);
		on.add(await rig.workerOf(id));
	}
	const sub = await rig.call('submits', 'a sub [sandbox:seconds=15]'); dead.push(sub);
	await until(()=>rig.askedAfter.size === rig.submits && rig.submits === dead.length*2-1);
	log('running', dead, rig.submits);
	const logs = await Promise.all(workers.map(w=>readFile(w.logFile,'utf8')));
	died = Date.now();
	await Promise.all([workers[0]?.kill(), workers[1]?.terminate()]);
	log('ended', Date.now()-died, rig.canceled.size);
	logs[1]=await readFile(workers[1]!.logFile,'utf8');
	log(logs.map(l=>l.split('\n').slice(-12).join('\n')).join('\n=====\n'));
	const queued = await rig.call('waits', 'a queued one');
	await Promise.all(workers.map(w=>w.start()));
	const r= await rig.cluster.editor.executionEnd(queued);
	log('queued', r.status, Date.now()-died);
	for (const id of dead) log(id, await rig.cluster.editor.executionStatus(id));
	const back = await rig.run('zImageRecoverPaidImages');
	log(back.status, outputItems(back,'Save image to disk').length, rig.submits);
	rig.settle(r, back);
});
it('SIGTERM within', async () => {
	const id = await rig.call('waits', 'a boat [sandbox:seconds=5]');
	const worker = await rig.workerOf(id);
	await until(()=>rig.askedAfter.size===1);
	const t=Date.now();
	await worker.terminate();
	log('terminated after', Date.now()-t);
	const r = await rig.cluster.editor.executionEnd(id);
	log(r.status, rig.submits);
	await worker.start();
	rig.settle(r);
});
it('callback', async () => {
	const id = await rig.call('calledBack', 'a boat [sandbox:seconds=8]');
	await until(async()=>(await rig.cluster.editor.executionStatus(id))==='waiting');
	const { workers, main, webhooks } = rig.cluster;
	const all=[...workers, main, webhooks];
	await Promise.all(all.map(m=>m.kill()));
	await until(()=>rig.sandbox.webhooks.length>0);
	log(rig.sandbox.webhooks.map(w=>w.outcome));
	await Promise.all(all.map(m=>m.start()));
	const r = await rig.cluster.editor.executionEnd(id);
	log(r.status, rig.submits, rig.sandbox.webhooks.map(w=>w.outcome));
	rig.settle(r);
});
it('main killed', async () => {
	const a = await rig.call('waits', 'a boat [sandbox:seconds=6]');
	await until(()=>rig.askedAfter.size===1);
	await rig.cluster.main.kill();
	const answer = await fetch(`${rig.cluster.webhooks.url}/webhook/waits`, {method:'POST', headers:{'content-type':'application/json'}, body: JSON.stringify({prompts:['a moth']})});
	log(answer.status);
	await until(()=>rig.submits===2 && rig.sandbox.requestsTo('files').length===2);
	await rig.cluster.main.start();
	const ids=(await rig.cluster.editor.executionIds('waits')).slice(0,2);
	rig.count(1);
	const rs = await Promise.all(ids.map(id=>rig.cluster.editor.executionEnd(id)));
	log(a, ids, rs.map(r=>r.status));
	rig.settle(...rs);
});
it('dead end', async () => {
	for (const id of dead) {
		const r= await rig.cluster.editor.executionEnd(id);
		log(id, r.status, JSON.stringify(r.data.resultData.error)?.slice(0,600), Object.keys(r.data.resultData.runData), Date.now()-died);
	}
	log(rig.submits);
});
it.each(['postgres','redis'] as const)('%s away', async (name) => {
	const ids: string[]=[];
	for (let i=0;i<3;i++) ids.push(await rig.call('waits', `a boat ${i} [sandbox:seconds=6]`, `a moth ${i} [sandbox:seconds=14]`));
	await until(()=>rig.askedAfter.size===6);
	await rig.cluster[name].kill();
	log('killed');
	await sleep(4000);
	const answer = await fetch(`${rig.cluster.webhooks.url}/webhook/waits`, {method:'POST', headers:{'content-type':'application/json'}, body: JSON.stringify({prompts:['a fox']}), signal: AbortSignal.timeout(20000)}).then(async a=>`${a.status} ${await a.text()}`, String);
	log(answer);
	await sleep(AWAY_MS-4000);
	await rig.cluster[name].start();
	log('back');
	let rs: any[]=[];
	await until(async()=>{rs=await Promise.all(ids.map(id=>rig.cluster.editor.executionEnd(id)));return true;});
	log(rs.map(r=>[r.status, JSON.stringify(r.data.resultData.error)?.slice(0,300)]), rig.submits);
	log(await rig.cluster.editor.executionIds('waits'));
	const again = await rig.call('waits', 'a last one');
	const last= await rig.cluster.editor.executionEnd(again);
	log(last.status);
	const ids2=(await rig.cluster.editor.executionIds('waits'));
	log(ids2.slice(0,6), await Promise.all(ids2.slice(0,6).map(i=>rig.cluster.editor.executionStatus(i))));
	rig.settle(...rs,last);
});
