import { Hono } from 'hono';
import { html, raw } from 'hono/html';
import { generateSpecs } from 'hono-openapi';
import { ErrorCode } from '../../shared/errors.ts';

const documentation = {
  info: {
    title: 'Vigie',
    version: '1',
    description:
      'Commands go over HTTP, live events over Socket.IO. Every POST carries an Idempotency-Key (a UUID); 201 means: on disk.',
  },
  openapi: '3.1.0',
} as const;

/** The server describes itself, from the same schemas that it checks requests with. */
export function docsRoutes(described: Hono): Hono {
  const app = new Hono();
  let specs: ReturnType<typeof generateSpecs> | undefined;
  const load = () =>
    (specs ??= generateSpecs(described, { documentation, defaultValidationErrorResponse: false }));

  app.get('/openapi.json', async (c) => c.json(await load()));

  app.get('/docs', async (c) => {
    const { paths } = await load();
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods ?? {}).map(([method, operation]) => ({
        method: method.toUpperCase(),
        path,
        summary:
          typeof operation === 'object' && 'summary' in operation && typeof operation.summary === 'string'
            ? operation.summary
            : '',
      })),
    );
    return c.html(
      html`<!doctype html>
        <html lang="en">
          <head>
            <meta charset="utf-8" />
            <meta name="viewport" content="width=device-width" />
            <title>Vigie: the API</title>
          </head>
          <body>
            <main>
              <h1>Vigie: the API</h1>
              <p>
                ${documentation.info.description} The whole contract:
                <a href="/api/openapi.json">openapi.json</a>.
              </p>
              <table>
                <thead>
                  <tr>
                    <th scope="col">Method</th>
                    <th scope="col">Path</th>
                    <th scope="col">What it does</th>
                  </tr>
                </thead>
                <tbody>
                  ${operations.map(
                    ({ method, path, summary }) =>
                      html`<tr>
                        <td>${method}</td>
                        <td><code>${path}</code></td>
                        <td>${summary}</td>
                      </tr>`,
                  )}
                </tbody>
              </table>
              <h2>Error codes</h2>
              <ul>
                ${raw(ErrorCode.options.map((code) => `<li id="${code}"><code>${code}</code></li>`).join(''))}
              </ul>
            </main>
          </body>
        </html>`,
    );
  });

  return app;
}
