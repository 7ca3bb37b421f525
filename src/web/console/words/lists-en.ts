import type { ListsWords } from './lists-zh.ts';

/** What the pages of lists of people say, in English. */
export const listsEn: ListsWords = {
  lists: {
    nav: 'Lists',
    title: 'Lists of people',
    lead: 'Rules name lists under “who may take part”: a blacklist keeps people out, a whitelist lets only them in.',
    account: 'Account',
    empty: 'No lists yet',
    emptyText: 'Give a list its name and put the first openids on it; then name it in an activity’s rule.',
    emptyReadOnly: 'A list shows here as soon as an operator has put the first openids on it.',
    create: 'New list',
    all: 'All lists',
    columns: { list: 'List', people: 'People', openid: 'openid', by: 'Added by', at: 'Added', action: '' },
    name: 'Name of the list',
    nameHint: '1 to 32 of a-z, 0-9 and -, such as blacklist; rules use the same name.',
    nameFault: 'Use 1 to 32 of a-z, 0-9 and - only.',
    add: 'Add',
    addTitle: 'Add to the list',
    openids: 'openids, one a line',
    openidsHint: 'At most 10,000 at once; if one is wrong, none is added.',
    openidsMissing: 'Give at least one openid.',
    tooMany: 'At most 10,000 at once; import a file for more.',
    file: 'Import a file',
    fileHint: 'txt or csv (UTF-8), one openid a line or a column called openid; at most 100,000 people and 8 MB.',
    faults: (count) => `${count} ${count === 1 ? 'entry is' : 'entries are'} wrong, and nothing was changed:`,
    place: (path) => {
      const number = Number(path.split('.')[1]);
      return path.startsWith('openids.') ? `Entry ${number + 1}` : `Line ${number}`;
    },
    added: (named, changed) => `${changed} of ${named} people are new on the list`,
    remove: 'Take off',
    removeTitle: 'Take this person off the list?',
    removeText: 'Rules that name the list stop counting them at once. You can add them again at any time.',
    removed: 'Taken off the list',
    erased: 'Somebody erased',
    noneHere: 'Nobody stands on this list',
    noneHereText: 'Add openids, or import a file. A list that is empty is not shown any more.',
  },
};
