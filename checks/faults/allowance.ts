import type { Stage, Subject } from './subject';

/**
 * How long after the deadline the run waits for a pending response to a submit: without it, the task's ID is
 * lost.
 */
const answerSeconds = { task: 5, image: 30 };

/** What is finished is downloaded so long after the deadline: it is paid for. */
const downloadSeconds = { image: 30, lora: 120 };

/**
 * How long a run may go on after its deadline, in seconds.
 * @param stage where it is held up; left out where that may be anywhere
 */
export function allowanceSeconds({ hasTasks, product }: Subject, stage?: Stage): number {
	const answer = hasTasks ? answerSeconds.task : answerSeconds.image;
	switch (stage) {
		case 'submit':
			return answer;
		case 'task':
			// A synchronous provider's submit is its task.
			return hasTasks ? 0 : answer;
		case 'download':
			return downloadSeconds[product];
		case 'initiate':
		case 'result':
		case 'status':
		case 'stream':
		case 'upload':
			return 0;
		case undefined:
			return answer + downloadSeconds[product];
	}
}
