import { writeFile } from 'node:fs/promises';
import { PERMISSIONS_DOCUMENT, permissionsDocument } from './permissions-document.ts';

// npm run docs:permissions: writes docs/permissions.md from the table of routes, so that it says what the server asks for.
await writeFile(PERMISSIONS_DOCUMENT, permissionsDocument());
console.log(`wrote ${PERMISSIONS_DOCUMENT.pathname}`);
