import { writeFile } from 'node:fs/promises';
import { API_DOCUMENT, apiDocumentation } from './api-document.ts';

// npm run docs:api: writes docs/api.md from the routes, so that it says what they do.
await writeFile(API_DOCUMENT, await apiDocumentation());
console.log(`wrote ${API_DOCUMENT.pathname}`);
