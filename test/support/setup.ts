import { afterEach, beforeEach, expect, vi } from 'vitest';

// What nobody expected on the console is a failure: a test that wants such output mocks the console itself.
beforeEach(() => {
  vi.spyOn(console, 'error');
  vi.spyOn(console, 'warn');
});

afterEach(() => {
  if (vi.isMockFunction(console.error)) expect(vi.mocked(console.error).mock.calls).toEqual([]);
  if (vi.isMockFunction(console.warn)) expect(vi.mocked(console.warn).mock.calls).toEqual([]);
  vi.restoreAllMocks();
});
