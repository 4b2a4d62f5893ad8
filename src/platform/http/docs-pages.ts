import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { packageRoot } from '../env/package-root.js';

const require = createRequire(import.meta.url);
const folderOf = (name: string): string => dirname(require.resolve(`${name}/package.json`));

const TITLE = 'Universal Registry';

/** Swagger UI's own files; its start is a script of ours, because inlined scripts are not allowed. */
export const SWAGGER_PAGE = `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${TITLE} API</title>
  <link rel="icon" type="image/png" href="/docs/favicon-32x32.png" sizes="32x32">
  <link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
  <div id="swagger-ui"></div>
  <script src="/docs/swagger-ui-bundle.js"></script>
  <script src="/docs/start.js"></script>
</body>
</html>
`;

export const SWAGGER_START = `window.ui = SwaggerUIBundle({
  url: '/docs-json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  persistAuthorization: true,
  displayRequestDuration: true,
  docExpansion: 'none',
  filter: true,
  validatorUrl: null,
});
`;

export const REDOC_PAGE = `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${TITLE} API</title>
  <link rel="icon" type="image/png" href="/docs/favicon-32x32.png" sizes="32x32">
  <style>body { margin: 0; } a[href*="redocly.com"] { display: none; }</style>
</head>
<body>
  <redoc spec-url="/docs-json" hide-download-button="false"></redoc>
  <script src="/redoc/redoc.standalone.js"></script>
</body>
</html>
`;

/**
 * The OpenAPI document as the build left it: to make it of the running application holds up every request for seconds,
 * and anybody may ask for it.
 */
export const DOCUMENTS = {
  json: join(packageRoot(), 'dist', 'openapi.json'),
  yaml: join(packageRoot(), 'dist', 'openapi.yaml'),
};

/** The files a page may load, by name: nothing else of the packages is reachable. */
export const ASSETS: Readonly<Record<string, () => string>> = {
  'swagger-ui.css': () => join(folderOf('swagger-ui-dist'), 'swagger-ui.css'),
  'swagger-ui-bundle.js': () => join(folderOf('swagger-ui-dist'), 'swagger-ui-bundle.js'),
  'favicon-32x32.png': () => join(folderOf('swagger-ui-dist'), 'favicon-32x32.png'),
  'redoc.standalone.js': () => join(folderOf('redoc'), 'bundles', 'redoc.standalone.js'),
};
