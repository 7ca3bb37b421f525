/** What stands before the fields of each mechanic, by its kind. */
export const MECHANIC_INTRODUCTIONS: Readonly<Record<string, string>> = {
  lottery: `One ticket is drawn among those of all prizes and the blanks. Tickets are whole numbers handed out in the order of the prizes,
so every chance is an exact fraction: the tickets of a prize over all tickets. How many of a prize exist is its stock and has nothing to do with how likely it is.`,
  keyword: `Whoever comes in gets the prize, first come first served, while stock and budget last.`,
  'check-in': `Counts once a Beijing day. A streak grows by one when the day before counted and begins at one otherwise, over the ends of months and
leap days as well. A day that reaches a milestone or a total wins. Where a day reaches several, the first of the list wins at once; the others are owed and given one by one
when the person checks in again, the same day too. Weeks run from Monday to Sunday, and a made-up day counts in its own week and month. An activity has one check-in.`,
  'make-up': `A card makes a missed day of the check-in count, as if the person had checked in on it: streaks on both sides join, and what the longer one reaches is won.
The day is the one that is named with the request (11-18, 11月18日, 18日), or else the latest one that was missed; it is never before the activity's start, nor, where it has none, before the person's first check-in.
Cards come with each month and end with it, or are earned as \`chances\` in this mechanic and kept until they are spent.`,
  chances: `Gives chances to draw in a lottery whose \`chances\` are \`earned\`. They are kept until they are spent.`,
  code: `Each code of a pool is good for one time, for one person. Width, letter case, spaces and dashes do not count. People send a code by itself where \`trigger.codes\` names the pool,
behind a word that the message begins with, or on the page. A code is not used up while the prize it is worth is gone. An operator makes the pool before the activity is published:
up to 1,000,000 codes, generated or imported. A pool serves one activity.`,
};

/** What stands before the fields of each part of a rule that has a chapter of its own. */
export const PART_INTRODUCTIONS: Readonly<Record<string, string>> = {
  trigger: `Every way in leads to the main mechanic unless \`leads\` names another. Exactly one activity answers a message: the one with the higher \`priority\`,
then the one that fits better (exact before a code of \`codes\`, then number, prefix, pattern and contained), then the newest.`,
  prizes: `Amounts are whole fen. A random packet is drawn so that its expectation is exactly the mean of what is left, and all of them together cost stock times mean. Vouchers
are handed out in the order of their pool, each once; a win's text shows it as \`{code}\`.`,
  who: `A condition looks at one thing, and \`all\`, \`any\` and \`not\` join them. What nobody knows neither meets a condition nor its opposite, so it never admits anybody. Everything is read from
our own tables: WeChat is never asked between a message and its reply.`,
  limits: `Whoever has reached a limit is refused and uses nothing up. Days are Beijing days.`,
  texts: `Placeholders that do not apply become empty.`,
  packet: `Texts are limited by WeChat Pay in bytes of UTF-8: a Chinese character takes three.`,
};
