export const countsFile: string;
