import { timedRun, type Load } from '/work/wt/stream/bench/scenarios';
import { ourNode } from '/work/wt/stream/bench/subjects';
import { median, quantile } from '/work/wt/stream/bench/statistics';
const loads: Record<string, Load> = {
  one3: { items: 1, taskSeconds: 3 },
  ten08: { items: 10, taskSeconds: 0.8 },
  ten3: { items: 10, taskSeconds: 3 },
  fifty3: { items: 50, taskSeconds: 3 },
  ten10: { items: 10, taskSeconds: 10 },
  mixed: { items: 50, taskSeconds: [1, 8, 3, 10, 2, 6, 1.5, 4] },
  ten60: { items: 10, taskSeconds: 60 },
};
const names = process.argv[2]!.split(',');
const rounds = Number(process.argv[3] ?? 1);
void (async () => {
  for (let r = 0; r < rounds; r++) for (const name of names) for (const [who, folder] of [['poll', '/tmp/streambase'], ['stream', '/work/wt/stream']] as const) {
    const run = await timedRun(ourNode(folder), 'fal', loads[name]!);
    console.log(name, who, 'wall', run.wallSeconds.toFixed(2), 'median', median(run.latenciesMs).toFixed(0), 'p95', quantile(run.latenciesMs, .95).toFixed(0), 'noticed', median(run.noticedAfterMs).toFixed(0), 'p95', quantile(run.noticedAfterMs, .95).toFixed(0), 'requests', run.statusRequestsPerImage.toFixed(2));
  }
  process.exit(0);
})();
