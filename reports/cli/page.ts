export const buildPage = async (_: unknown): Promise<string> => '';
export const storyPage = (_a: unknown, _b: unknown): string => '';
