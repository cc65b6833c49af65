import { jsonAnswer, type Answer } from '../../answer';
import { newId } from '../../ids';

/** GUESS: the shape of the platform API's errors. The status codes are documented. */
export const platformError = (status: number, type: string, message: string): Answer =>
	jsonAnswer(status, { error: { type, message, request_id: newId() } });
