import { count } from '../../nodes/ZImage/errors/failure';

it.each([
	[0, '0 tasks'],
	[0.5, '0.5 tasks'],
	[1, '1 task'],
	[2, '2 tasks'],
])('%d is counted as "%s"', (number, words) => {
	expect(count(number, 'task')).toBe(words);
});
