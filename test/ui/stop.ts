import teardown from '../teardown';
import { stopping } from './started';

export default async function stop(): Promise<void> {
	await stopping.stop();
	teardown();
}
