import { describe, expect, it } from 'vitest';
import { ApiError, createApi, failureCode, NetworkError } from '../../client/api.ts';

const id = 'n'.repeat(16);
type Asked = { url: string; init: RequestInit };

/** An API whose network answers with the given response, and remembers what it was asked. */
function asking(answer: () => Response | Promise<Response>) {
  const asked: Asked[] = [];
  const api = createApi({
    fetch: async (url, init) => {
      asked.push({ url: url instanceof Request ? url.url : url.toString(), init: init ?? {} });
      return answer();
    },
  });
  return { api, asked };
}

const json = (body: unknown, init: ResponseInit = {}) =>
  new Response(JSON.stringify(body), { headers: { 'Content-Type': 'application/json' }, ...init });

describe('calls to the server', () => {
  it('[UI1] a command carries the key that its caller gave', async () => {
    const created = { code: 'c', url: 'u', expiresAt: 1 };
    const { api, asked } = asking(() => json(created, { status: 201 }));
    expect(await api.createInvite(id, { maxUses: 1 }, 'my-key')).toEqual(created);
    const headers = new Headers(asked[0]?.init.headers);
    expect(headers.get('Idempotency-Key')).toBe('my-key');
    expect(headers.get('Content-Type')).toBe('application/json');
    expect(asked[0]?.url).toBe(`/api/neighbourhoods/${id}/invites`);
  });

  it('[UI2] a refusal is an ApiError with the server’s problem and its patience', async () => {
    const problem = {
      type: 'about:blank',
      title: 'Bad',
      status: 422,
      code: 'INVALID_INPUT',
      issues: [{ path: 'name', message: 'must not be empty' }],
    };
    const { api } = asking(() => json(problem, { status: 422, headers: { 'Retry-After': '7' } }));
    const error = await api.me().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ApiError);
    expect((error as ApiError).problem).toEqual(problem);
    expect((error as ApiError).retryAfter).toBe(7000);
    expect(failureCode(error)).toBe('INVALID_INPUT');
  });

  it.each([
    ['a broken line', () => Promise.reject(new TypeError('Failed to fetch'))],
    ['a sign-in page that answers 200', () => new Response('<html>Welcome to the hotel</html>')],
    ['an answer of another shape', () => json({ people: [] })],
    ['a page that says 404', () => new Response('<html>not here</html>', { status: 404 })],
  ])('[UI3] %s is a NetworkError, never an answer', async (_, answer) => {
    const { api } = asking(answer);
    const error = await api.me().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(NetworkError);
    expect(failureCode(error)).toBe('NETWORK');
  });

  it('[UI3] a sign-in page’s 200 is not taken for “done”', async () => {
    const { api } = asking(() => new Response('<html>Welcome</html>'));
    await expect(api.signOut()).rejects.toBeInstanceOf(NetworkError);
  });

  it.each([
    [502, 'UNAVAILABLE'],
    [429, 'RATE_LIMITED'],
  ])('[UI2] a proxy’s %i without a problem document is %s', async (status, code) => {
    const { api } = asking(() => new Response('<html>', { status }));
    expect(failureCode(await api.me().catch((caught: unknown) => caught))).toBe(code);
  });

  it('[UI2] a programming error is not dressed up as a failed call', () => {
    expect(() => failureCode(new TypeError('oops'))).toThrow('oops');
  });
});
