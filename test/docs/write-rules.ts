import { writeFile } from 'node:fs/promises';
import { RULES_DOCUMENT, rulesDocument } from './rules-document.ts';

// npm run docs:rules: writes docs/rules.md from the schemas, so that it says what the code does.
await writeFile(RULES_DOCUMENT, await rulesDocument());
console.log(`wrote ${RULES_DOCUMENT.pathname}`);
