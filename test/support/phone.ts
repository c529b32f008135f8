import { randomUUID } from 'node:crypto';
import type { Incident, Reported } from '../../shared/incidents.ts';
import type { InviteCreated, Joined } from '../../shared/neighbourhoods.ts';

type Fetch = (path: string, init: RequestInit) => Promise<Response>;
export type Answer<T> = { status: number; headers: Headers; body: T };

/** A square of about a kilometre in Lyon. */
export const square = {
  type: 'Polygon' as const,
  coordinates: [
    [
      [4.83, 45.755],
      [4.843, 45.755],
      [4.843, 45.764],
      [4.83, 45.764],
      [4.83, 45.755],
    ],
  ],
};
export const inside = { lat: 45.76, lng: 4.835 };

export const report = {
  category: 'suspicious',
  severity: 'moderate',
  position: inside,
  description: 'Somebody tries the doors of parked cars.',
  answers: { done: ['tried-doors'] },
} as const;

/** One neighbour's phone: keeps its cookie, makes its idempotency keys. */
export class Phone {
  cookie: string | null = null;
  readonly #fetch: Fetch;

  constructor(fetch: Fetch) {
    this.#fetch = fetch;
  }

  async send<T = unknown>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const all: Record<string, string> = { ...headers };
    if (this.cookie !== null) all['cookie'] ??= this.cookie;
    // A form's type names its boundary, which fetch chooses.
    if (body !== undefined && !(body instanceof FormData)) all['content-type'] ??= 'application/json';
    if (method === 'POST') all['idempotency-key'] ??= randomUUID();
    const init: RequestInit = { method, headers: all };
    if (body !== undefined)
      init.body = typeof body === 'string' || body instanceof FormData ? body : JSON.stringify(body);
    const response = await this.#fetch(path, init);
    const cookie = response.headers.getSetCookie().find((line) => line.includes('vigie_session='));
    if (cookie !== undefined) {
      const pair = cookie.split(';')[0] ?? '';
      this.cookie = pair.endsWith('=') ? null : pair;
    }
    const text = await response.text();
    const type = response.headers.get('content-type') ?? '';
    return {
      status: response.status,
      headers: response.headers,
      body: (type.includes('json') && text !== '' ? JSON.parse(text) : text) as T,
    };
  }

  get<T = unknown>(path: string, headers?: Record<string, string>) {
    return this.send<T>('GET', path, undefined, headers);
  }

  post<T = unknown>(path: string, body: unknown = {}, headers?: Record<string, string>) {
    return this.send<T>('POST', path, body, headers);
  }

  /** Sends and demands success. */
  async must<T>(answer: Promise<Answer<T>>): Promise<T> {
    const { status, body } = await answer;
    if (status >= 300) throw new Error(`answered ${status}: ${JSON.stringify(body)}`);
    return body;
  }

  found(over: Record<string, unknown> = {}): Promise<Joined> {
    const body = { name: 'Rue des Lilas', boundary: square, memberName: 'Ada', ...over };
    return this.must(this.post<Joined>('/api/neighbourhoods', body));
  }

  invite(neighbourhoodId: string, over: Record<string, unknown> = {}): Promise<InviteCreated> {
    return this.must(this.post<InviteCreated>(`/api/neighbourhoods/${neighbourhoodId}/invites`, over));
  }

  accept(code: string, memberName: string): Promise<Joined> {
    return this.must(this.post<Joined>(`/api/invites/${code}/accept`, { memberName }));
  }

  report(
    neighbourhoodId: string,
    over: Record<string, unknown> = {},
  ): Promise<Reported & { incident: Incident }> {
    return this.must(
      this.post<Reported>(`/api/neighbourhoods/${neighbourhoodId}/incidents`, {
        ...report,
        // What another category asks is another thing.
        ...(over['category'] === undefined || over['category'] === report.category ? {} : { answers: {} }),
        // Tests report the same place again and again.
        evenSo: true,
        ...over,
      }),
    );
  }
}

/** Founds a neighbourhood and brings further neighbours in. */
export async function street(
  newPhone: () => Phone,
  names: readonly string[] = ['Bo'],
  over: Record<string, unknown> = {},
) {
  const founder = newPhone();
  const { neighbourhood, member } = await founder.found(over);
  const neighbours: { phone: Phone; member: Joined['member'] }[] = [];
  for (const name of names) {
    const { code } = await founder.invite(neighbourhood.id);
    const phone = newPhone();
    neighbours.push({ phone, member: (await phone.accept(code, name)).member });
  }
  return { id: neighbourhood.id, neighbourhood, founder, founderMember: member, neighbours };
}
